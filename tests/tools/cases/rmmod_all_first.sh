# -a acts where it stands: what comes behind it does not count; -r goes on past a name that is not loaded.
retromod boot > /dev/null
insmod -k i386/lib.o; rmmod -e -a -Z nosuch; echo "exit $?"; rmmod -a -h; echo "exit $?"; lsmod
insmod i386/exporter.o; insmod i386/importer.o; rmmod -r nosuch importer; echo "exit $?"; lsmod
