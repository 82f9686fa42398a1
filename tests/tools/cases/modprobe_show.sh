# -n does nothing, and with -v shows what it would do.
. "$TOP/tests/tools/tree.sh"
modprobe -n -v importer; lsmod; modprobe -n importer; echo "exit $?"
