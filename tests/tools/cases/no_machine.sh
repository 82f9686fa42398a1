# Nothing is there yet: commands that look say so, the first that changes something boots a machine.
try() { "$@"; echo "exit $?: $*"; }
try lsmod
try retromod dmesg
try retromod status
try retromod shutdown
try insmod i386/hello.o
lsmod | cut -c1-20
try retromod shutdown
cp "$TOP/images/both/built/6.1/greets.ko" .
try insmod greets.ko
lsmod | cut -c1-20
retromod status | grep modules
try retromod shutdown
try retromod --machine no/such/folder/machine lsmod
