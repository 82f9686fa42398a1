# -t loads of one type, which here has one module.
. "$TOP/tests/tools/tree.sh"
mkdir root/lib/modules/2.4.20/kernel/net; cp i386/timers.o root/lib/modules/2.4.20/kernel/net; depmod; modprobe -n -v -t net "*"; echo "exit $?"
