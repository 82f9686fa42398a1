# -v shows each insmod as it is run.
. "$TOP/tests/tools/tree.sh"
modprobe -v importer times=3; echo "exit $?"
