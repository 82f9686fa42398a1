# Command lines that make no sense. modutils' tools exit with 1, ours with 2.
try() { "$@" 2>&1; echo "exit $?: $*"; }
try insmod
try insmod -h
try insmod -V
try rmmod
try rmmod -h
try lsmod -h
try modinfo
try retromod
try retromod nosuch
try retromod --nosuch
try retromod --machine
try retromod --version
try retromod help nosuch
try retromod help rmmod
try retromod status --machine
try retromod status --budget many
try retromod compare one.o
try retromod compare one.ko
try retromod compare a.o b.o c.ko
try retromod boot --release 2.5.0
try retromod boot --release 2.2.26 --arch mipsel
try retromod boot --memory 1
try retromod boot --memory many
try retromod boot --versions nosuch
try retromod boot stray
try retromod explain
try retromod trace nosuch
try retromod layout
try retromod disasm hello
try retromod ioctl /dev/x 1 -b 0
