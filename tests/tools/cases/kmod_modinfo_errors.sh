# What is not found, what is no module.
. "$TOP/tests/tools/kmod_tree.sh"
modinfo nosuch; echo "exit $?"; modinfo; echo "exit $?"; echo junk > j.ko; modinfo ./j.ko; echo "exit $?"; modinfo -V; modinfo -h | sed -n 1,2p; modinfo -k 9.9 greets; echo "exit $?"; modinfo -m gives | sed -n 1,1p
