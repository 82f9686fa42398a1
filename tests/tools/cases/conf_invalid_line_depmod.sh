# depmod and insmod pass over wrong lines.
. "$TOP/tests/tools/tree.sh"
cat > root/etc/modules.conf <<'END'
foo bar
alias
END
depmod; echo "exit $?"; insmod hello; echo "exit $?"
