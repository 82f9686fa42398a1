# A bare name is searched in the module path.
. "$TOP/tests/tools/tree.sh"
insmod hello; echo "exit $?"; insmod nosuch; echo "exit $?"; insmod ./hello.o; echo "exit $?"; cp i386/lib.o root/lib/modules/2.4.20/kernel/mod.mod; insmod -v -o x /lib/modules/2.4.20/kernel/importer.o 2>&1 | sed -n 1,1p
