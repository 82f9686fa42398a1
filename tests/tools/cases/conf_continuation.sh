# Lines that go on, comments, blanks.
. "$TOP/tests/tools/tree.sh"
cat > root/etc/modules.conf <<'END'
alias \
    longname \
	hello # a comment
# alias x y
   	
alias c hello # \
END
modprobe -c | grep -E "longname| c | x "; echo "exit ${PIPESTATUS[0]}"
