# Devices that an architecture's machines have no bus for are refused, and no machine is made.
echo 'ports 0x300-0x301 34 12' > ports.txt
echo 'pci 00:03.0 10ec:8139 020000' > pci.txt
retromod boot --release 2.4.37.11 --arch m68k --devices ports.txt; echo "exit $?"
retromod boot --release 2.4.37.11 --arch sparc --devices pci.txt; echo "exit $?"
retromod status; echo "exit $?"
retromod boot --release 2.4.37.11 --arch ppc --devices pci.txt > /dev/null; echo "exit $?"
retromod cat /proc/pci
