# -r of a module that modules.dep does not know.
. "$TOP/tests/tools/tree.sh"
insmod i386/sleeper.o; modprobe -v -r sleeper; echo "exit $?"; lsmod
