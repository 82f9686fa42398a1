# struct module field by field.
retromod boot > /dev/null
insmod i386/exporter.o
insmod -k i386/importer.o
retromod layout exporter
retromod layout importer
retromod layout i386/exporter.o
retromod layout nosuch; echo "exit $?"
