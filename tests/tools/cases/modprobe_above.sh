# above pulls a module in after another; its failure does not count.
. "$TOP/tests/tools/tree.sh"
printf "above exporter importer\nabove hello fails\n" >> root/etc/modules.conf; modprobe -v exporter; lsmod; modprobe hello 2>/dev/null; echo "exit $?"; lsmod
