# An empty -e finds the file from the place of the module.
. "$TOP/tests/tools/tree.sh"
sed 's/parm_numbers=1-4i/parm_numbers=04ip/; s/parm_lines=1-2c8/parm_lines=02c8p/' i386/hello.o > keeps.o; touch -d @1000000000 keeps.o

cp -p keeps.o root/lib/modules/2.4.20/kernel/; insmod -v -e "" keeps 2>&1 | grep -i "persist"; rmmod -v keeps; find root/var -type f
