# A circle in modules.dep ends the search.
. "$TOP/tests/tools/tree.sh"
cat > root/lib/modules/2.4.20/modules.dep <<'END'
/a.o:	/b.o

/b.o:	/a.o
END
modprobe a 2>&1 | sed 's/\( [ab]\)\{4,\}/ .../'; echo "exit ${PIPESTATUS[0]}"
