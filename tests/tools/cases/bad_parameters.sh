# Parameters that do not exist or do not parse.
retromod boot >/dev/null
try() { "$@"; echo "exit $?: $*"; }
try insmod i386/hello.o nosuch=1
try insmod i386/hello.o count=ten
try insmod i386/hello.o count=1x
try insmod i386/hello.o count=1,2
try insmod i386/hello.o numbers=1,2,3,4,5
try insmod i386/hello.o text=0123456789abcdef
try insmod i386/hello.o 'who="no end'
try insmod i386/hello.o 'words=a,b,c,d'
lsmod
