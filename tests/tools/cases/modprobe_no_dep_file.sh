# There is no modules.dep.
. "$TOP/tests/tools/tree.sh"
rm root/lib/modules/2.4.20/modules.dep; modprobe importer; echo "exit $?"
