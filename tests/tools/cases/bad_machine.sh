# A machine file that cannot be used.
try() { "$@"; echo "exit $?: $*"; }
echo "not a machine" > machine
try lsmod
try insmod i386/hello.o
try retromod boot
cat machine
rm machine
mkdir machine
try lsmod
try insmod i386/hello.o
rmdir machine
retromod boot > /dev/null
truncate -s 4096 machine
try lsmod
