# After a true branch no other counts, but else after elseif turns.
. "$TOP/tests/tools/tree.sh"
cat > root/etc/modules.conf <<'END'
if 1
alias a first
elseif 1
alias a second
endif
END
modprobe -c | grep -E " a "; echo "exit ${PIPESTATUS[0]}"
