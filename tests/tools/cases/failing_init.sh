# Init routines that refuse, in 2.4 and in 2.2.
retromod boot > /dev/null
insmod i386/fails.o; echo "exit $?"
insmod i386/fails_positive.o; echo "exit $?"
retromod explain i386/fails.o 2>/dev/null; echo "exit $?"
lsmod
