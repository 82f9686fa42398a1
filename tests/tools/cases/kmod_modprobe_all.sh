# -a takes every word for a module.
. "$TOP/tests/tools/kmod_tree.sh"
modprobe -a greets gives nosuch; echo "exit $?"; lsmod; modprobe -a -r greets gives; lsmod
