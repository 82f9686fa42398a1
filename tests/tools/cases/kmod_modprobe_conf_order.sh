# A file of /etc stands in place of one of the same name elsewhere; wrong lines are passed over.
. "$TOP/tests/tools/kmod_tree.sh"
mkdir -p root/lib/modprobe.d root/run/modprobe.d; echo "alias x greets" > root/lib/modprobe.d/a.conf; echo "alias y greets" > root/etc/modprobe.d/a.conf; echo "alias z greets" > root/run/modprobe.d/b.conf; printf "# c\nwhat is this\nalias alone\nalias \\\n  w greets\ninclude x\n" > root/etc/modprobe.d/c.conf; modprobe -c | head -4; modprobe -C root/lib/modprobe.d -c | head -1; modprobe -C root/etc/modprobe.d/a.conf -c | head -1
