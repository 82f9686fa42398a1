# A command that fails leaves no machine behind; explain needs none.
there() { [ -e "$RETROMOD_MACHINE" ] && echo "a machine" || echo "no machine"; }
insmod nosuch.o; echo "exit $?"; there
insmod i386/importer.o; echo "exit $?"; there
insmod i386/fails.o; echo "exit $?"; there
modprobe nosuch; echo "exit $?"; there
rmmod nosuch; echo "exit $?"; there
depmod; echo "exit $?"; there
retromod explain i386/importer.o 2>/dev/null; echo "exit $?"; there
retromod dmesg; echo "exit $?"; there
lsmod; echo "exit $?"; there
insmod i386/lib.o; echo "exit $?"; there
