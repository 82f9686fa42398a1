# Conditions: a word, numbers, strings, files.
. "$TOP/tests/tools/tree.sh"
cat > root/etc/modules.conf <<'END'
if 1
alias t1 yes
else
alias t1 no
endif
if 0
alias t2 yes
elseif false
alias t2 middle
else
alias t2 no
endif
if abc < abd
alias t3 yes
endif
if -n 10 > 9
alias t4 yes
endif
if 10 > 9
alias t5 strings
endif
if -f /etc/modules.conf
alias t6 yes
endif
if ! -f /etc/nosuch
alias t7 yes
endif
if ! 0
alias t8 yes
endif
if a == a
alias t9 yes
endif
if a = b
alias t10 yes
endif
if a != b
alias t11 yes
endif
if -n 0x10 == 16
alias t12 yes
endif
if a ~ b
alias t13 yes
endif
END
modprobe -c | grep -E "^alias t[0-9]"; echo "exit ${PIPESTATUS[0]}"
