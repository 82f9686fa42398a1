# path lines replace the default folders.
. "$TOP/tests/tools/tree.sh"
cat > root/etc/modules.conf <<'END'
path=/extra
path[net]=/lib/modules/`uname -r`/net
END
modprobe -c | grep ^path; mkdir -p root/extra; cp i386/sleeper.o root/extra; insmod sleeper; insmod hello; echo "exit $?"
