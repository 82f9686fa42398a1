# read, write and ioctl on a driver's device, by name and by number.
retromod boot > /dev/null
insmod i386/chrdev.o major=240
printf 'from standard input' | retromod write 240:0
retromod read 240:0 -n 4; echo
retromod read /dev/chrdev; echo
retromod ioctl /dev/chrdev 0x6302 --buffer 00000000; echo "exit $?"
retromod ioctl /dev/chrdev 0x6303 --buffer 05000000; echo "exit $?"
retromod read /dev/chrdev; echo
retromod ioctl /dev/chrdev 1; echo "exit $?"
retromod ioctl /dev/chrdev 0x6302 --argument 8; echo "exit $?"
retromod read /dev/nosuch; echo "exit $?"
retromod read 99:0; echo "exit $?"
retromod cat /proc/chrdev /proc/nosuch; echo "exit $?"
lsmod
