# probe tries one after the other, probeall all.
. "$TOP/tests/tools/tree.sh"
printf "probe any nosuch fails hello exporter\nprobeall every exporter nosuch hello\nalias all every\n" >> root/etc/modules.conf; modprobe -q any 2>&1 | grep -v Hint; lsmod; modprobe every; echo "exit $?"; lsmod; modprobe -r every; lsmod
