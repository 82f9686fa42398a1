# Usage on stdout, version, bad options.
modinfo; echo "exit $?"; modinfo -h | wc -l; modinfo -V; echo "exit $?"; modinfo -Z i386/hello.o | sed -n 1,1p; echo "exit ${PIPESTATUS[0]}"; modinfo -q x i386/hello.o | sed -n 1,1p
