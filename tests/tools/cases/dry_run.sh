# --dry-run does everything and keeps nothing.
retromod boot > /dev/null
retromod --dry-run insmod i386/hello.o; echo "exit $?"
lsmod
insmod i386/hello.o
retromod --dry-run rmmod hello; echo "exit $?"
lsmod | cut -c1-20
