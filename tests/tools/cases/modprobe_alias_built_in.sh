# What modutils has built in.
. "$TOP/tests/tools/tree.sh"
modprobe char-major-108; echo "exit $?"; modprobe block-major-2; echo "exit $?"; modprobe parport_lowlevel; echo "exit $?"; modprobe -c | grep -c ^alias
