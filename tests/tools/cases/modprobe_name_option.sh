# options -o gives the module another name; the alias's wins.
. "$TOP/tests/tools/tree.sh"
printf 'alias one hello\nalias two hello\noptions one -o first\noptions two -o second count=2\n' >> root/etc/modules.conf
modprobe one; modprobe two; lsmod; modprobe -r one; lsmod
