# The main job on alpha: boot, load, look, unload; time, sleepers, a loop without end, and a module of another architecture.
retromod boot --arch alpha
insmod alpha/hello.o
insmod alpha/exporter.o
insmod alpha/importer.o
lsmod
rmmod exporter; echo "exit $?"
rmmod importer exporter hello
lsmod
insmod alpha/timers.o ticks=3
retromod run --ms 1000 > /dev/null
rmmod timers
retromod dmesg
insmod alpha/sleeper.o
retromod --no-wait read /dev/sleeper; echo "exit $?"
retromod write /dev/sleeper --text 'wake up'
retromod read -n 7 /dev/sleeper; echo "; exit $?"
retromod --budget 1 insmod alpha/forever.o; echo "exit $?"
insmod i386/hello.o; echo "exit $?"
lsmod
