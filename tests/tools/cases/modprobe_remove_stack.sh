# -r removes a module and what only it needed.
. "$TOP/tests/tools/tree.sh"
modprobe importer; modprobe -r -v importer; echo "exit $?"; lsmod
