# modules.conf was changed after depmod.
. "$TOP/tests/tools/tree.sh"
touch -d @4100000000 root/etc/modules.conf; modprobe exporter; echo "exit $?"
