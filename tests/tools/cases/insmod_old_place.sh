# The search takes the first folder that has the name.
. "$TOP/tests/tools/tree.sh"
mkdir -p root/lib/modules/net; cp i386/sleeper.o root/lib/modules/net; insmod sleeper; insmod hello
