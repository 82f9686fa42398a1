# $MODPATH stands in place of the default folders, other variables for files.
. "$TOP/tests/tools/tree.sh"
cat > root/etc/modules.conf <<'END'

END
MODPATH=/a/%s:/b/net modprobe -c | grep ^path; PCIMAPPATH=/x/pci modprobe -c | grep pcimapfile; DEPPATH=/nosuch modprobe hello; echo "exit $?"
