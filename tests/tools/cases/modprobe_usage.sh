# Help, an unknown option, the version.
. "$TOP/tests/tools/tree.sh"
modprobe -h; echo "exit $?"; modprobe -Z 2>&1 | sed -n 1,3p; echo "exit ${PIPESTATUS[0]}"; modprobe -V -n hello; echo "exit $?"
