# insmod and rmmod as Debian 12's.
. "$TOP/tests/tools/kmod_tree.sh"
f=root/lib/modules/$release/kernel/greets.ko; insmod -v $f; echo "exit $?"; insmod -V; insmod -h; rmmod -h; insmod; rmmod; insmod $f; rmmod -v greets; rmmod greets; echo "exit $?"; insmod nosuch.ko; lsmod -V; echo "exit $?"
