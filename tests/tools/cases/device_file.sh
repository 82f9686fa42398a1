# The bare machine, and devices that the user describes.
retromod boot --release 2.4.18-14
retromod cat /proc/ioports /proc/interrupts /proc/dma /proc/pci
insmod -f i386/ports.o > /dev/null; retromod dmesg; rmmod ports
insmod -f i386/ports.o port=0x3fa > /dev/null; retromod dmesg | tail -1; rmmod ports # the 16550A
cat > devices <<'FILE'
# a network card, and an ISA card that remembers what it is told
pci 00:03.0 10ec:8139 020000 irq 11 revision 10 subsystem 10ec:8139
bar 00:03.0 0 ports 0xe000 256
bar 00:03.0 1 memory 0xfebf0000 256
config 00:03.0 0x40 01 02 03
ports 0x300-0x31f keeps 00 11 22 33 44 55 66 77
memory 0xfebf0000-0xfebf00ff 00 e0 4c 12 aa bb cc dd
FILE
retromod boot --devices devices
retromod cat /proc/pci | tail -5; retromod cat /proc/ioports /proc/iomem | grep 10ec
retromod trace --io insmod i386/ports.o 2>&1 | grep -v query_module
rmmod ports; retromod trace --io --json insmod i386/ports.o 2>&1 | grep -c '"symbol":"ports_init'
retromod fsck
# What cannot be is refused by file, line and value.
for line in 'usb 1' 'pci 00:03' 'pci 01:03.0 1:2 0' 'pci 00:01.0 1:2 0' 'pci 00:04.0 1:2' 'pci 00:04.0 1:2 0 irq 16' 'pci 00:04.0 1:2 0 speed 3' \
    'pci 00:04.8 1:2 0' 'pci 00:04.0 10000:2 0' 'bar 00:05.0 0 ports 0 4' 'ports 0x300 1' 'ports 0x310-0x300 1' 'ports 0x0-0x10000 1' \
    'ports 0x1-0x2 1 2 3' 'ports 0x1-0x2 xyz' 'ports 0x1-0x2 100' 'memory 0x0-0x10 keeps 1' 'ports 1-2'; do
    echo "# one
$line" > wrong; retromod boot --devices wrong; echo "exit $?"
done
printf 'pci 00:04.0 1:2 0\nbar 00:04.0 6 ports 0x100 4\n' > wrong; retromod boot --devices wrong
printf 'pci 00:04.0 1:2 0\nbar 00:04.0 0 ports 0x102 4\n' > wrong; retromod boot --devices wrong
printf 'ports 1-4 1\nports 4-5 2\n' > wrong; retromod boot --devices wrong
retromod boot --devices nosuch; echo "exit $?"
