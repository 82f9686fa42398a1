# A name that nobody knows; -q.
. "$TOP/tests/tools/kmod_tree.sh"
modprobe nosuch; echo "exit $?"; modprobe -q nosuch; echo "exit $?"; modprobe -r nosuch; echo "exit $?"; modprobe; echo "exit $?"
