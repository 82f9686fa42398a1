# A file of /etc stands in place of one of the same name elsewhere; wrong lines are passed over.
. "$TOP/tests/tools/kmod_tree.sh"
mkdir -p root/lib/modprobe.d root/run/modprobe.d; echo "alias x greets" > root/lib/modprobe.d/a.conf; echo "alias y greets" > root/etc/modprobe.d/a.conf; echo "alias z greets" > root/run/modprobe.d/b.conf; printf "# c\nwhat is this\nalias alone\nalias \\\\\n  w greets\ninclude x\n" > root/etc/modprobe.d/c.conf; modprobe -c | sed -n 1,4p; modprobe -C root/lib/modprobe.d -c | sed -n 1,1p; modprobe -C root/etc/modprobe.d/a.conf -c | sed -n 1,1p
