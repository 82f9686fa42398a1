# modprobe -c without a configuration: all that is built in.
. "$TOP/tests/tools/tree.sh"
rm root/etc/modules.conf; modprobe -c
