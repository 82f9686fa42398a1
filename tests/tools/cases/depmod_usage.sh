# Help on stderr, whatever the letter; the version.
. "$TOP/tests/tools/tree.sh"
depmod -h; echo "exit $?"; depmod -Z 2>&1 | sed -n 1,2p; echo "exit ${PIPESTATUS[0]}"; depmod -V -n i386/lib.o | sed -n 1,1p
