# Of several names the first that loads is enough.
. "$TOP/tests/tools/tree.sh"
modprobe -v nosuch hello exporter; echo "exit $?"; lsmod
