# /etc/conf.modules is read, with a word.
. "$TOP/tests/tools/tree.sh"
rm root/etc/modules.conf; echo "alias old hello" > root/etc/conf.modules; modprobe -n -v old
