# Structures differ by SMP and by compiler: a wait queue has its lock before its list, of 0 bytes or 4. A module runs on the
# machine that it was built for, and on another it does what it did on real kernels.
try() {
    insmod $1/sleeper.o > /dev/null; retromod --no-wait read /dev/sleeper; echo "read of nothing: exit $?"
    echo kept | retromod write /dev/sleeper; retromod --no-wait read /dev/sleeper; rmmod sleeper; echo "rmmod: exit $?"
}
retromod boot --smp; try i386-smp
insmod i386-smp/timers.o; rmmod timers; retromod dmesg | tail -1
retromod boot --compiler gcc-2.95; try i386-gcc2.95
retromod boot --compiler gcc-3; try i386
retromod boot; insmod i386-smp/sleeper.o; retromod --no-wait read /dev/sleeper; echo "built for SMP: exit $?"
retromod boot --compiler gcc-4; echo "exit $?"
