# -F System.map: names of __kstrtab_ symbols.
. "$TOP/tests/tools/tree.sh"
printf "c0100000 T printk\nc0200000 r __kstrtab_printk\nc0200010 r __kstrtab___dot_div\nc0200020 ? __kstrtab_GPLONLY_gpl\n" > map; depmod -e -n -F map i386/importer.o i386/exporter.o 2>&1 | grep -v "^#\|^$"
