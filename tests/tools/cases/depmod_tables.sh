# A module with each kind of device table.
. "$TOP/tests/tools/tree.sh"
cp "$TOP/tests/modules/data/tables.o" .; depmod -n tables.o
