# Lines that modutils does not know, each by its number.
. "$TOP/tests/tools/tree.sh"
cat > root/etc/modules.conf <<'END'
alias a hello
foo bar
   baz=1 2
add nonsense here
keep=1
END
modprobe -n -v a; echo "exit $?"
