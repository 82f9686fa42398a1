# Of two files of a name the second is tried when the first fails.
. "$TOP/tests/tools/tree.sh"
mkdir root/lib/modules/2.4.20/other; cp i386/fails.o root/lib/modules/2.4.20/kernel/twice.o; cp i386/hello.o root/lib/modules/2.4.20/other/twice.o
depmod; modprobe -v twice 2>&1 | grep -v "^Hint\|^      You"; echo "exit ${PIPESTATUS[0]}"; lsmod
