# A module comes with what it needs, once.
. "$TOP/tests/tools/tree.sh"
modprobe importer times=2; echo "exit $?"; lsmod
modprobe importer; echo "exit $?"
