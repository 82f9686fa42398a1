# kmod list, static-nodes, and what it is called with wrongly.
. "$TOP/tests/tools/kmod_tree.sh"
modprobe greets; kmod list; kmod static-nodes; printf "# c\nfuse fuse c10:229\nloop loop-control c10:237\nsnd snd/seq c116:1\nbtr btrfs b7:1\n" > root/lib/modules/$release/modules.devname; kmod static-nodes; kmod static-nodes -f tmpfiles; kmod static-nodes --format devname -o out; cat out; kmod static-nodes -f x; echo "exit $?"; kmod nosuch 2>&1 | sed -n 1,1p; kmod -V; kmod 2>&1 | sed -n 1,1p
