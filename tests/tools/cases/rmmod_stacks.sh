# -r removes a stack from its top.
. "$TOP/tests/tools/tree.sh"
modprobe importer; rmmod -r exporter; echo "exit $?"; rmmod -r importer; echo "exit $?"; lsmod
