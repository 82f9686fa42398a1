# A module with what it needs; parameters.
. "$TOP/tests/tools/kmod_tree.sh"
modprobe -v takes; echo "exit $?"; lsmod; modprobe greets count=3; retromod dmesg | grep greets | tail -1; modprobe -r -v takes; lsmod
