# Files as arguments: to standard output.
. "$TOP/tests/tools/tree.sh"
depmod i386/importer.o i386/exporter.o; echo "exit $?"; depmod i386/importer.o 2>&1 >/dev/null
