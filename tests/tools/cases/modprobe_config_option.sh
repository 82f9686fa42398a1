# -C names a configuration; one that is not there.
. "$TOP/tests/tools/tree.sh"
echo "alias x hello" > my.conf; modprobe -C my.conf -n -v x; modprobe -C nosuch.conf x; echo "exit $?"; MODULECONFIG=my.conf modprobe -n -v x
