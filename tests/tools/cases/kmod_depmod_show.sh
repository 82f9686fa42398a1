# -n prints the texts.
. "$TOP/tests/tools/kmod_tree.sh"
depmod -n; echo "exit $?"
