# Two processes at a time on one machine: each insmod is whole, none is lost.
retromod boot > /dev/null
for i in 1 2 3 4 5 6 7 8; do insmod -o "hello$i" i386/hello.o & done
wait
lsmod | tail -n +2 | cut -c1-8 | sort
retromod dmesg | grep -c 'hello, world'
for i in 1 2 3 4 5 6 7 8; do rmmod "hello$i" & done
wait
lsmod
retromod dmesg | grep -c 'goodbye, world'
