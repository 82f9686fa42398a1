# A true if inside a false one is obeyed: modutils has it so.
. "$TOP/tests/tools/tree.sh"
cat > root/etc/modules.conf <<'END'
if 0
if 1
alias odd yes
endif
alias outer yes
endif
END
modprobe -c | grep -E "odd|outer"; echo "exit ${PIPESTATUS[0]}"
