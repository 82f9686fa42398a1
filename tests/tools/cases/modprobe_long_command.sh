# -v cuts what it shows at 2000 characters.
. "$TOP/tests/tools/tree.sh"
echo "options hello who=$(printf 'x%.0s' $(seq 2100))" >> root/etc/modules.conf; modprobe -n -v hello | wc -c
