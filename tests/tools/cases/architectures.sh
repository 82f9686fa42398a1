# A machine of each architecture; a module makes one of its own kind; CPUs that nothing runs.
for arch in mipsel mips ppc arm sparc m68k alpha x86_64; do
    rm -f "$RETROMOD_MACHINE"*
    retromod boot --arch $arch --uts-release 2.4.20 --release 2.4.37.11 --memory 64
    insmod $arch/hello.o who=$arch count=12 && insmod $arch/exporter.o && insmod $arch/importer.o
    lsmod | cut -c1-24,36-
    rmmod importer exporter hello
    retromod dmesg | grep -E 'hello, |count=|goodbye'
done
rm -f "$RETROMOD_MACHINE"*
insmod ppc/hello.o && retromod status | head -1
insmod arm/lib.o; echo "exit $?"
rm -f "$RETROMOD_MACHINE"*
insmod x86_64/hello.o && retromod status | sed -n 2,3p
retromod boot --arch x86_64 --release 2.4.0; echo "exit $?"

# e_machine of s390 (22) in a big-endian file: it is looked at, but not loaded.
cp m68k/hello.o s390.o && printf '\000\026' | dd of=s390.o bs=1 seek=18 conv=notrunc status=none
modinfo s390.o | head -3
insmod s390.o; echo "exit $?"
