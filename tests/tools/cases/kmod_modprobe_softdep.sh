# softdep: before and after.
. "$TOP/tests/tools/kmod_tree.sh"
echo "softdep greets pre: gives post: holds nosuch" > root/etc/modprobe.d/s.conf; modprobe -D greets; modprobe greets; lsmod; modprobe -c | grep softdep
