# A module that the kernel requests is found in the folder that boot named, and loaded behind what it depends on.
retromod boot --modules i386
retromod trace insmod i386/loads.o 2>&1 | grep -v query_module
lsmod
rmmod loads; rmmod -a; rmmod -a; lsmod; rmmod -a; lsmod
# By another name, that modules.conf tells; and by none.
echo 'alias char-major-200 sleeper # a device' > i386/modules.conf
insmod i386/loads.o wanted=char-major-200; lsmod; rmmod loads
insmod i386/loads.o wanted=nosuch; retromod dmesg | tail -1; rmmod loads
retromod read /dev/char/201:0; lsmod; retromod read /dev/char/200:0 2>&1 | cut -c1-60; lsmod
# One whose init is an oops takes its modprobe with it, not the one that waits.
insmod i386/loads.o wanted=oops; echo "exit $?"; retromod dmesg | tail -1; retromod fsck
echo 'alias lonely' > i386/modules.conf; rmmod loads; insmod i386/loads.o; echo "exit $?"
# Without a folder there is no modprobe.
retromod boot --replace; insmod i386/loads.o; retromod dmesg
retromod boot --modules nosuch; echo "exit $?"
