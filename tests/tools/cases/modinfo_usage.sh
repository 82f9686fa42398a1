# Usage on stdout, version, bad options.
modinfo; echo "exit $?"; modinfo -h | wc -l; modinfo -V; echo "exit $?"; modinfo -Z i386/hello.o | head -1; echo "exit ${PIPESTATUS[0]}"; modinfo -q x i386/hello.o | head -1
