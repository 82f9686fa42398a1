# -r of a module in use.
. "$TOP/tests/tools/kmod_tree.sh"
modprobe takes; modprobe -r gives_again; echo "exit $?"; modprobe -r --remove-holders gives_again; echo "exit $?"; lsmod
