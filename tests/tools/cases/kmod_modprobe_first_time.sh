# --first-time: what is there already, and what is not.
. "$TOP/tests/tools/kmod_tree.sh"
modprobe greets; modprobe greets; echo "exit $?"; modprobe --first-time greets; echo "exit $?"; modprobe -r greets; modprobe -r greets; echo "exit $?"; modprobe -r --first-time greets; echo "exit $?"
