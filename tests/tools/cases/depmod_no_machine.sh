# With -F no machine is needed, and none is made.
. "$TOP/tests/tools/tree.sh"
rm -f "$RETROMOD_MACHINE"; printf "c0100000 r __kstrtab_printk\n" > map; depmod -a -F map; echo "exit $?"; depmod -n; echo "exit $?"; ls "$RETROMOD_MACHINE"
