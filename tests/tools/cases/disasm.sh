# Code with symbols and relocations.
retromod boot > /dev/null
retromod disasm -f exporter_square i386/exporter.o
retromod disasm -f exporter_square mipsel/exporter.o
insmod i386/importer.o 2>/dev/null; insmod i386/exporter.o
retromod disasm exporter -f exporter_init
retromod disasm exporter -f nosuch; echo "exit $?"
retromod disasm -f nosuch i386/exporter.o; echo "exit $?"
retromod disasm nosuch.o; echo "exit $?"
