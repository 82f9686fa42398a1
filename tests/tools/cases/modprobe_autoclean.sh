# -k marks modules; -r alone takes what was in use once and is no more, at the second time.
. "$TOP/tests/tools/tree.sh"
modprobe -k importer; lsmod; modprobe -r -v; lsmod; rmmod importer; modprobe -r; lsmod; modprobe -r; lsmod
