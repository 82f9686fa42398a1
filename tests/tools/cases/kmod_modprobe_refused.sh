# What the kernel refuses.
. "$TOP/tests/tools/kmod_tree.sh"
modprobe refuses; echo "exit $?"; modprobe lacks; echo "exit $?"; lsmod
