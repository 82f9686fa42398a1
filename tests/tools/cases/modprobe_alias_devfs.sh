# Paths of devices match aliases with * and ?.
. "$TOP/tests/tools/tree.sh"
printf "alias /dev/hell* hello\nalias /dev/x?z hello\nalias /dev/same* /dev/same\n" >> root/etc/modules.conf; for d in /dev/hello /dev/xyz /dev/same1 /dev/none; do modprobe -n -v $d; echo "exit $?"; done
