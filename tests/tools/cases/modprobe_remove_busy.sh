# -r of a module in use.
. "$TOP/tests/tools/tree.sh"
modprobe importer; modprobe -r exporter; echo "exit $?"; modprobe -q -r exporter; echo "exit $?"; lsmod
