# keep before path keeps the default folders.
. "$TOP/tests/tools/tree.sh"
cat > root/etc/modules.conf <<'END'
keep
path[misc]=/extra
END
modprobe -c | grep ^path | tail -3
