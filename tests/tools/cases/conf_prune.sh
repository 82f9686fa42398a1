# Names that a walk passes over.
. "$TOP/tests/tools/tree.sh"
cat > root/etc/modules.conf <<'END'
prune skipped
END
mkdir root/lib/modules/2.4.20/skipped root/lib/modules/2.4.20/seen; cp i386/timers.o root/lib/modules/2.4.20/skipped; cp i386/ports.o root/lib/modules/2.4.20/seen; modprobe -l "*s.o"
