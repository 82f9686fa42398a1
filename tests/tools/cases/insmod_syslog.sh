# -s: nothing on the terminal.
. "$TOP/tests/tools/tree.sh"
insmod -s i386/importer.o; echo "exit $?"; insmod -s hello; echo "exit $?"; insmod -s i386/fails.o; echo "exit $?"; retromod syslog
