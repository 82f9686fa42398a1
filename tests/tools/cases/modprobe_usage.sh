# Help, an unknown option, the version.
. "$TOP/tests/tools/tree.sh"
modprobe -h; echo "exit $?"; modprobe -Z 2>&1 | head -3; echo "exit ${PIPESTATUS[0]}"; modprobe -V -n hello; echo "exit $?"
