# A file that is none is told; the status stays 0.
. "$TOP/tests/tools/tree.sh"
modinfo nosuch.o; echo "exit $?"; modinfo .; echo "exit $?"; echo x > x.o; modinfo x.o i386/lib.o; echo "exit $?"; modinfo nosuch; echo "exit $?"; modinfo hello | sed -n 1,1p
