# A file that includes itself twice ends, too.
. "$TOP/tests/tools/tree.sh"
cat > root/etc/modules.conf <<'END'
include /etc/modules.conf
include /etc/modules.conf
END
modprobe hello >/dev/null 2>&1; echo "exit $?"
