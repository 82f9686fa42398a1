# -D shows a plan, -n -v too.
. "$TOP/tests/tools/kmod_tree.sh"
modprobe -D takes; modprobe -n -v takes; lsmod; modprobe --show-depends greets count=2
