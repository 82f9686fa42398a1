# A file named twice is an invalid line.
. "$TOP/tests/tools/tree.sh"
cat > root/etc/modules.conf <<'END'
depfile=/a
depfile=/b
END
modprobe -n -v hello; echo "exit $?"
