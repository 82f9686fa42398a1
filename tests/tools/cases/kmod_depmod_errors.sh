# No such release, no such option.
. "$TOP/tests/tools/kmod_tree.sh"
depmod 9.9.9; echo "exit $?"; depmod -Z; echo "exit $?"; depmod -V; depmod -h | sed -n 1,2p; echo junk > root/lib/modules/$release/kernel/junk.ko; depmod; echo "exit $?"; grep junk root/lib/modules/$release/modules.dep
