# -b works on a tree that lies elsewhere.
. "$TOP/tests/tools/tree.sh"
mkdir -p image/lib/modules/2.4.99/kernel; cp i386/importer.o i386/exporter.o image/lib/modules/2.4.99/kernel; depmod -a -b image -v 2.4.99; echo "exit $?"; cat image/lib/modules/2.4.99/modules.dep
