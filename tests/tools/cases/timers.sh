# Time passes only when something runs or waits.
retromod boot > /dev/null
insmod i386/timers.o ticks=3
retromod dmesg
retromod run --ms 1000 > /dev/null
retromod dmesg
rmmod timers
