# What can be wrong with the file.
. "$TOP/tests/tools/tree.sh"
sed 's/parm_numbers=1-4i/parm_numbers=04ip/; s/parm_lines=1-2c8/parm_lines=02c8p/' i386/hello.o > keeps.o; touch -d @1000000000 keeps.o

insmod -e relative keeps.o; echo "exit $?"; insmod -y -e /x keeps.o; echo "exit $?"; insmod -e "" ./keeps.o; echo "exit $?"
printf 'numbers=1,2' > root/cut; insmod -e /cut keeps.o; echo "exit $?"
printf 'numbers=1,x\n' > root/wrong; insmod -e /wrong keeps.o; echo "exit $?"; lsmod
