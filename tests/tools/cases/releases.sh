# A machine of each release; a module of another kernel is refused, or forced.
for release in 2.2.1 2.4.0 2.4.18-14 2.4.20 2.4.37.11; do
    retromod boot --release "$release" --uts-release 2.4.20
    insmod i386/fails.o >/dev/null; echo "exit $?"
done
retromod boot --release 2.4.37.11
insmod i386/hello.o; echo "exit $?"
insmod -f i386/hello.o; echo "exit $?"
lsmod | cut -c1-80
