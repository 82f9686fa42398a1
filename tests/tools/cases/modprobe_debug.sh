# -d shows what is known of each module of the stack.
. "$TOP/tests/tools/tree.sh"
echo "alias imp importer" >> root/etc/modules.conf; modprobe -d -n imp times=1
