# include reads another file.
. "$TOP/tests/tools/tree.sh"
cat > root/etc/modules.conf <<'END'
include /etc/more.conf
alias b a
END
echo "alias a hello" > root/etc/more.conf; modprobe -n -v b
