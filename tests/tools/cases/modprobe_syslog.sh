# -s: nothing on the terminal, all in the machine's syslog.
. "$TOP/tests/tools/tree.sh"
modprobe -s nosuch; echo "exit $?"; modprobe -s fails; echo "exit $?"; retromod syslog; retromod syslog -c >/dev/null; retromod syslog
