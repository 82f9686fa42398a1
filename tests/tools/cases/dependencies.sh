# An importer needs its exporter, and holds it.
retromod boot > /dev/null
insmod i386/importer.o; echo "exit $?"
insmod i386/exporter.o
insmod i386/importer.o times=2
lsmod
rmmod exporter; echo "exit $?"
retromod explain rmmod exporter; echo "exit $?"
rmmod -r importer exporter; echo "exit $?"
lsmod
retromod dmesg
