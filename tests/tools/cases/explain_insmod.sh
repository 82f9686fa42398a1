# explain has words of its own for what insmod decides.
retromod explain i386/importer.o 2>/dev/null
mkdir alone; cp i386/importer.o alone; retromod explain alone/importer.o 2>/dev/null
retromod explain i386/hello.o nosuch=5 2>/dev/null
retromod boot > /dev/null; insmod i386/lib.o; retromod explain i386/lib.o 2>/dev/null; rmmod lib
retromod boot --uts-release 2.4.18-14custom > /dev/null; retromod explain i386/lib.o 2>/dev/null
sed 's/kernel_version=2.4.20/kernel_version=2.4.18/' i386/lib.o > old.o; retromod explain old.o 2>/dev/null
printf '00000001 Using_Versions\nc0100010 iput_R00000001\n' > versions; retromod boot --versions versions > /dev/null
sed 's/exporter_calls/iput_R12345678/' i386/importer.o > wants.o; retromod explain wants.o 2>/dev/null; mkdir below; mv wants.o below; cp i386/exporter.o .; retromod explain below/wants.o 2>/dev/null | sed -n 1p
