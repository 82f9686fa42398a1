# options -k keeps a module from being marked.
. "$TOP/tests/tools/tree.sh"
echo "options -k exporter" >> root/etc/modules.conf; modprobe -k importer; lsmod
