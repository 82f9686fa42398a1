# Dependencies and map files of a tree.
. "$TOP/tests/tools/tree.sh"
rm root/lib/modules/2.4.20/modules.*; depmod -a; echo "exit $?"; cd root/lib/modules/2.4.20; for f in modules.*; do echo "-- $f"; cat $f; done
