# A name that nobody knows.
. "$TOP/tests/tools/tree.sh"
modprobe nosuch; echo "exit $?"; modprobe -q nosuch; echo "exit $?"; modprobe -k nosuch; echo "exit $?"
