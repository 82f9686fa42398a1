# A module that never returns from init is stopped, and leaves no trace.
retromod boot > /dev/null
retromod --budget 1 insmod i386/forever.o; echo "exit $?"
lsmod
retromod status | grep generation
