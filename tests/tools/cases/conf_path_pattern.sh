# Patterns in paths.
. "$TOP/tests/tools/tree.sh"
cat > root/etc/modules.conf <<'END'
path[x]=/opt/*/mods
END
mkdir -p root/opt/a/mods root/opt/b/mods; modprobe -c | grep ^path
