# -a sweeps and does nothing else.
. "$TOP/tests/tools/tree.sh"
insmod -k i386/hello.o; insmod i386/lib.o; rmmod -a lib; lsmod; rmmod -a; lsmod; echo "exit $?"
