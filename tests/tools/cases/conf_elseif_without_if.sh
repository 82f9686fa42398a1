# elseif without if.
. "$TOP/tests/tools/tree.sh"
cat > root/etc/modules.conf <<'END'
alias a b

elseif 1
END
modprobe -n -v a; echo "exit $?"
