# A module whose init fails; what it needed goes again.
. "$TOP/tests/tools/tree.sh"
cat > root/lib/modules/2.4.20/modules.dep <<'END'
/lib/modules/2.4.20/kernel/exporter.o:

/lib/modules/2.4.20/kernel/fails.o:	/lib/modules/2.4.20/kernel/exporter.o
END
modprobe fails; echo "exit $?"; lsmod
