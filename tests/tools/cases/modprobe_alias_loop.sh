# Aliases that lead in a circle.
. "$TOP/tests/tools/tree.sh"
printf "alias a b\nalias b a\n" >> root/etc/modules.conf; modprobe a; echo "exit $?"
