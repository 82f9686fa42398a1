# -h, -V, an unknown option.
. "$TOP/tests/tools/kmod_tree.sh"
modprobe -h | sed -n 1,4p; modprobe -V; modprobe -Z x; echo "exit $?"; modprobe -S 9.9 greets; echo "exit $?"; modprobe -d nowhere greets; echo "exit $?"
