# The command line's parameters win over the alias's, these over the module's.
. "$TOP/tests/tools/tree.sh"
cat >> root/etc/modules.conf <<'END'
alias greet hello
options hello count=1 half=1
options greet count=2 byte=2
END
modprobe -n -v hello; modprobe -n -v greet; modprobe -n -v greet count=3 total=3
