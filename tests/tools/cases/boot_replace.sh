# boot over a machine that has modules loaded wants to be told; one that is empty or dead is replaced.
retromod boot --release 2.4.20; retromod boot --release 2.4.0; insmod i386/hello.o count=1 >/dev/null 2>&1; retromod boot --release 2.4.20 --replace
insmod i386/exporter.o; retromod boot; echo "exit $?"; insmod i386/lib.o; retromod boot --release 6.1; echo "exit $?"; lsmod
retromod boot --replace --release 6.1; echo "exit $?"; insmod "$TOP/images/both/built/6.1/greets.ko"; retromod boot; echo "exit $?"; rmmod greets; retromod boot; echo "exit $?"
