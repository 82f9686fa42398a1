# A module twice, under its own and another name.
insmod i386/hello.o
insmod i386/hello.o; echo "exit $?"
insmod -o other i386/hello.o; echo "exit $?"
lsmod | cut -c1-20
rmmod hello other nosuch; echo "exit $?"
