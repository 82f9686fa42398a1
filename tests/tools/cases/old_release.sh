# Modules of a 2.2 kernel run on a machine booted as such: its structures, its exports, its ways.
retromod boot --release 2.2.1
for module in hello chrdev procfile exporter importer classic; do insmod i386-2.2/$module.o; echo "$module: exit $?"; done
lsmod
retromod cat /proc/classic /proc/chrdev
retromod cat /proc/ioports | grep classic
echo kept | retromod write /dev/chrdev; retromod read /dev/chrdev
insmod i386-2.2/fails.o; echo "exit $?" # every failing init is EBUSY there
rmmod classic importer exporter procfile chrdev hello; echo "exit $?"
lsmod; retromod cat /proc/ioports | grep -c classic
retromod dmesg
retromod sweep i386-2.2 --release 2.2.1 | sed 's/ [0-9.]*s$/ TIME/'
# A module of 2.4 is not for it.
insmod i386/hello.o; echo "exit $?"
