# add appends; without it a line replaces.
. "$TOP/tests/tools/tree.sh"
cat > root/etc/modules.conf <<'END'
options hello count=1
add options hello half=2
options lib a=1
options lib b=2
END
modprobe -c | grep -E "^options (hello|lib)"; echo "exit ${PIPESTATUS[0]}"
