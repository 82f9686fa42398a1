# options -k without a name.
. "$TOP/tests/tools/tree.sh"
cat > root/etc/modules.conf <<'END'
options -k
END
modprobe -c | grep -c "^options"
