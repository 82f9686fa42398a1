# Modules with versioned symbols need their owner by the full name; with -F the version may be missing.
. "$TOP/tests/tools/tree.sh"
printf "c0100000 r __kstrtab_printk\n" > map; depmod -e -F map i386/importer.o i386/exporter.o | grep -A1 importer
