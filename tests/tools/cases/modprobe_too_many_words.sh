# More words than modutils passes on.
. "$TOP/tests/tools/tree.sh"
echo "options hello $(seq -f 'p%g=1' -s ' ' 120)" >> root/etc/modules.conf; modprobe hello 2>&1; echo "exit $?"
