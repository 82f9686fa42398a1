# Files of the kernel's build that are not there are told; modules.order decides which of two counts.
. "$TOP/tests/tools/kmod_tree.sh"
cd root/lib/modules/$release; cat modules.dep | grep takes; sort -r -o modules.order modules.order; depmod; grep takes modules.dep; rm modules.order modules.builtin modules.builtin.modinfo; depmod; echo "exit $?"; depmod -n > /dev/null
