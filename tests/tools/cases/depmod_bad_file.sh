# A file that is no module.
. "$TOP/tests/tools/tree.sh"
echo garbage > root/lib/modules/2.4.20/kernel/bad.o; head -c 300 i386/hello.o > root/lib/modules/2.4.20/kernel/cut.o; depmod; echo "exit $?"; grep -c : root/lib/modules/2.4.20/modules.dep; : > root/lib/modules/2.4.20/kernel/empty.o; depmod 2>&1 | grep empty
