# Both names, as two files and as links.
. "$TOP/tests/tools/tree.sh"
echo "alias old hello" > root/etc/conf.modules; modprobe -n hello; ln -sf modules.conf root/etc/conf.modules; modprobe -n hello; rm root/etc/conf.modules; mv root/etc/modules.conf root/etc/conf.modules; ln -s conf.modules root/etc/modules.conf; modprobe -n hello
