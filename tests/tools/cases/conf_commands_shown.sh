# -c shows commands as they stand.
. "$TOP/tests/tools/tree.sh"
cat > root/etc/modules.conf <<'END'
pre-install a cmd  with   blanks "q"
install a x
post-install a x
pre-remove a x
remove a x
post-remove a x
END
modprobe -c | grep -E "install|remove|Commands"; echo "exit ${PIPESTATUS[0]}"
