# modules.conf was changed after depmod.
. "$TOP/tests/tools/tree.sh"
touch -d "+1 hour" root/etc/modules.conf; modprobe exporter; echo "exit $?"
