# Without -a a pattern loads the first that can be, with -a all.
. "$TOP/tests/tools/tree.sh"
modprobe -n -v "*porter"; modprobe -a -n -v "*porter"; modprobe -n -v "z*"; echo "exit $?"
