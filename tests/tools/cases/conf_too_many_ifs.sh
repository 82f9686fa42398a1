# More than twenty within each other.
. "$TOP/tests/tools/tree.sh"
cat > root/etc/modules.conf <<'END'
if 1
if 1
if 1
if 1
if 1
if 1
if 1
if 1
if 1
if 1
if 1
if 1
if 1
if 1
if 1
if 1
if 1
if 1
if 1
if 1
if 1
END
modprobe -n -v a; echo "exit $?"
