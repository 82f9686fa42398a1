# A module that oopses kills its insmod and stays; the machine goes on.
retromod boot > /dev/null
insmod i386/oops.o; echo "exit $?"
lsmod | cut -c1-50
rmmod oops; echo "exit $?"
insmod i386/hello.o; echo "exit $?"
retromod dmesg | grep -v "^<4>[^E ]" | grep -v "^<4> "
