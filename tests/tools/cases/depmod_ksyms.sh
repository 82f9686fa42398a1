# -F a copy of /proc/ksyms: without what modules offer.
. "$TOP/tests/tools/tree.sh"
printf "Address   Symbol                            Defined by\n" > k; printf "c0100000 printk_R1b7d4074\nc8000000 exporter_square_R00000000\t[exporter]\n" >> k; depmod -e -F k i386/importer.o 2>&1 | grep -v "^#\|^$"
