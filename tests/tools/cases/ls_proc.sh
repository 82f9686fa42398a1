# Names of /proc and /dev: the kernel's own, and those of modules.
insmod i386/procfile.o
insmod i386/chrdev.o
retromod ls /proc
retromod ls -l /proc/sys /proc/procfile
retromod ls -l /dev
retromod ls /proc/nothing; echo "exit $?"
rmmod chrdev
retromod ls /dev
insmod i386/chrdev.o
retromod mknod /dev/chrdev c 254 0
retromod ls /dev
retromod ls /proc/driver/ /proc/sys/ | head -4
