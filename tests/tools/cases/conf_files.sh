# Names of generated files, persistdir.
. "$TOP/tests/tools/tree.sh"
cat > root/etc/modules.conf <<'END'
depfile=/d
pcimapfile=/p
generic_stringfile=/g
persistdir=/save
END
touch root/d; modprobe -c | tail -10
