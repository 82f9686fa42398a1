# -l lists files, of a type too.
. "$TOP/tests/tools/tree.sh"
modprobe -l; modprobe -l "i*"; modprobe -l -t kernel "hello*"; modprobe -l -t net; echo "exit $?"
