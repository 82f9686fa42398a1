# -a loads all names.
. "$TOP/tests/tools/tree.sh"
modprobe -a hello exporter; echo "exit $?"; lsmod
