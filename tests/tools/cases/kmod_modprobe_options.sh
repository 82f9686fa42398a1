# options lines, the kernel's command line, the command line.
. "$TOP/tests/tools/kmod_tree.sh"
echo "options greets count=2" > root/etc/modprobe.d/o.conf; modprobe -D greets; modprobe -D greets count=5 who="a b"; modprobe -c | grep "options greets"
