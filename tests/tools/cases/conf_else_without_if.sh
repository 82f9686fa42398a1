# else without if.
. "$TOP/tests/tools/tree.sh"
cat > root/etc/modules.conf <<'END'
else
END
modprobe -n -v a; echo "exit $?"
