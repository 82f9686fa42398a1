# An alias that is off is refused in silence, null succeeds.
. "$TOP/tests/tools/tree.sh"
printf "alias a off\nalias b null\n" >> root/etc/modules.conf; modprobe a; echo "exit $?"; modprobe -v b; echo "exit $?"; modprobe -r a; echo "exit $?"; modprobe net-pf-10; echo "exit $?"
