# An alias of an alias.
. "$TOP/tests/tools/tree.sh"
printf "alias a b\nalias b hello\n" >> root/etc/modules.conf; modprobe -v a; lsmod
