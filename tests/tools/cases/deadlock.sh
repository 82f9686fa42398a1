# A reader that nothing can wake is told so.
retromod boot > /dev/null
insmod i386/sleeper.o
retromod --no-wait read /dev/sleeper; echo "exit $?"
retromod write /dev/sleeper --text 'wake up'
retromod read -n 7 /dev/sleeper; echo "; exit $?"
lsmod
