# A module replaces system calls: every command makes them through it, until it is gone. One that leaves them there is the end of
# who makes the next one.
insmod i386/hooks.o
retromod cat /proc/version
retromod mkdir /folder; echo "exit $?"
retromod status | grep replaced
rmmod hooks
retromod status | grep replaced || echo "none is replaced"
retromod mkdir /folder; echo "exit $?"
insmod i386/hooks.o stay=1
rmmod hooks
retromod cat /proc/version; echo "exit $?"
retromod dmesg | grep -v '^<4>'
