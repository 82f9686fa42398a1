# -r of what is not loaded, and of what nobody knows.
. "$TOP/tests/tools/tree.sh"
modprobe -r hello; echo "exit $?"; modprobe -r nosuch; echo "exit $?"; modprobe -r exporter hello; echo "exit $?"
