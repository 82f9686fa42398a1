# rmmod -s speaks to the syslog; insmod -s and -p are taken and ignored.
. "$TOP/tests/tools/kmod_tree.sh"
cd root/lib/modules/$release/kernel; insmod -s -p gives.ko; insmod -s gives.ko; insmod takes.ko; rmmod -s nosuch; echo "exit $?"; rmmod -s gives; echo "exit $?"; rmmod -s takes gives; echo "exit $?"; retromod syslog
