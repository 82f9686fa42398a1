# The module's file changed, or is gone.
. "$TOP/tests/tools/tree.sh"
sed 's/parm_numbers=1-4i/parm_numbers=04ip/; s/parm_lines=1-2c8/parm_lines=02c8p/' i386/hello.o > keeps.o; touch -d @1000000000 keeps.o

insmod -e /k keeps.o 2>/dev/null; touch keeps.o; rmmod -e keeps; rm keeps.o; rmmod -e keeps; echo "exit $?"; rmmod -e; echo "exit $?"; rmmod -e hello; echo "exit $?"; lsmod
