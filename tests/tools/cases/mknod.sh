# Nodes that are made, and minors behind a driver's name, lead to its device.
try() { "$@"; echo "exit $?"; }
insmod i386/chrdev.o
try retromod mknod /dev/mine c 254 0
retromod ls -l /dev/mine | sed 's/ 2003.*//'
retromod write /dev/mine --text abc
try retromod read /dev/chrdev7
try retromod read /dev/mine
try retromod mknod /dev/pipe p
try retromod mknod /dev/mine c 254 0
try retromod mknod /dev/other c 256 0
try retromod mknod /dev/other c 1
try retromod mknod /dev/other x
try retromod mknod /nowhere/other b 3 0
try retromod read /dev/chrdev256
try retromod read /dev/chrdev9999
