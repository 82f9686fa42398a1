# alias, blacklist and -b.
. "$TOP/tests/tools/kmod_tree.sh"
printf "alias hi-there greets\nalias pci:v*d0001 greets\nblacklist greets\n" > root/etc/modprobe.d/a.conf; modprobe -R hi_there; modprobe -R pci:v9d0001; modprobe hi-there; lsmod; modprobe greets; lsmod; modprobe -r greets; modprobe -b greets; lsmod
