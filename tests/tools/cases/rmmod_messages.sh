# Not loaded, busy, several names.
. "$TOP/tests/tools/tree.sh"
modprobe importer; rmmod nosuch exporter importer; echo "exit $?"; lsmod; rmmod exporter; rmmod -r nosuch; echo "exit $?"; rmmod -s nosuch; echo "exit $?"; retromod syslog
