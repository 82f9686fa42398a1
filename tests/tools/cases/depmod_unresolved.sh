# Symbols that nobody offers: told, counted with -u only.
. "$TOP/tests/tools/tree.sh"
cp "$TOP/tests/modules/data/tables.o" root/lib/modules/2.4.20/kernel; depmod; echo "exit $?"; depmod -e; depmod -q; depmod -u -q; echo "exit $?"; depmod -s -e; retromod syslog
