# -F: a file that is not there, empty, nothing in its first line.
. "$TOP/tests/tools/tree.sh"
depmod -F nosuch; echo "exit $?"; : > e; depmod -F e; echo "exit $?"; echo > n; depmod -F n; echo "exit $?"
