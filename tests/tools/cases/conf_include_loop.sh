# A file that includes itself.
. "$TOP/tests/tools/tree.sh"
cat > root/etc/modules.conf <<'END'
include /etc/modules.conf
END
modprobe hello 2>&1 | sed -n 1,4p; echo "exit ${PIPESTATUS[0]}"
