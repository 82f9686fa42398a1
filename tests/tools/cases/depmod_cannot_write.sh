# A folder that is not there.
. "$TOP/tests/tools/tree.sh"
depmod -a 2.4.7; echo "exit $?"
