# No name at all.
. "$TOP/tests/tools/tree.sh"
modprobe; echo "exit $?"
