# Usage, help, version.
. "$TOP/tests/tools/tree.sh"
rmmod; echo "exit $?"; rmmod -h 2>&1 | wc -l; echo "exit ${PIPESTATUS[0]}"; rmmod -V; echo "exit $?"; rmmod -Z; echo "exit $?"
