# A file to include that is not there.
. "$TOP/tests/tools/tree.sh"
cat > root/etc/modules.conf <<'END'
include /etc/nosuch.conf
END
modprobe -n -v hello; echo "exit $?"
