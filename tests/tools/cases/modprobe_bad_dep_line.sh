# A line of modules.dep that is none.
. "$TOP/tests/tools/tree.sh"
echo "/lib/modules/2.4.20/kernel/hello.o without colon" >> root/lib/modules/2.4.20/modules.dep; modprobe hello; echo "exit $?"
