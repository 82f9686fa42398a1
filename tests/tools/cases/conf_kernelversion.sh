# `kernelversion` and `uname -r`.
. "$TOP/tests/tools/tree.sh"
cat > root/etc/modules.conf <<'END'
path[a]=/m/`kernelversion`/x
path[b]=/m/` uname -r `/x
depfile=/m/`uname -r`.dep
END
modprobe -C /etc/modules.conf -c 2>&1 | grep "/m/"; mkdir -p root/m; touch root/m/2.4.20.dep; modprobe -c | grep "/m/"
