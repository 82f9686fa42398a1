# An if that never ends.
. "$TOP/tests/tools/tree.sh"
cat > root/etc/modules.conf <<'END'
if 1
alias a hello
END
modprobe -n -v a; echo "exit $?"
