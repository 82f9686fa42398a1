# endif without if.
. "$TOP/tests/tools/tree.sh"
cat > root/etc/modules.conf <<'END'
alias a b
endif
END
modprobe -n -v a; echo "exit $?"
