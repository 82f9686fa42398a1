# -e with -E: what nobody offers, what another version has; -e with -F; -e alone; -w: aliases of two.
. "$TOP/tests/tools/kmod_tree.sh"
rm root/lib/modules/$release/kernel/[a-fh-su-z]*
printf "0x00000000\t_printk\tvmlinux\tEXPORT_SYMBOL\n0x12345678\tmodule_layout\tvmlinux\tEXPORT_SYMBOL\n" > symvers; depmod -e -E symvers; echo "exit $?"
printf "ffffffff81000000 r __ksymtab__printk\nffffffff81000000 T __fentry__\n" > map; depmod -e -F map; echo "exit $?"
depmod -e; echo "exit $?"
