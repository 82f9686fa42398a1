# Parameters of type p: from a file, saved by rmmod.
. "$TOP/tests/tools/tree.sh"
sed 's/parm_numbers=1-4i/parm_numbers=04ip/; s/parm_lines=1-2c8/parm_lines=02c8p/' i386/hello.o > keeps.o; touch -d @1000000000 keeps.o

mkdir -p root/var/lib; insmod -v -y keeps.o 2>&1 | grep -i persist; rmmod keeps
insmod -e /var/lib/keeps keeps.o numbers=1,2,3,4; echo "exit $?"; ksyms | grep _P | sed 's/^[^ ]* *//'
rmmod keeps; echo "exit $?"; cat root/var/lib/keeps
printf '# mine\nnumbers=5,6,7,8\nother=1\n' > root/var/lib/keeps
insmod -v -e /var/lib/keeps keeps.o 2>&1 | grep -i persist; rmmod -e keeps; lsmod; cat root/var/lib/keeps; rmmod keeps; lsmod
