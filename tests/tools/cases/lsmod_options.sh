# Help and version of lsmod and ksyms.
. "$TOP/tests/tools/tree.sh"
lsmod -h; echo "exit $?"; lsmod -V; echo "exit $?"; ksyms -H; echo "exit $?"; ksyms -V 2>&1 | sed -n 1,2p
