# -r takes what others own; a link leads to its file.
. "$TOP/tests/tools/tree.sh"
ln -s hello.o root/lib/modules/2.4.20/kernel/link.o; ln -s nowhere root/lib/modules/2.4.20/kernel/dangling.o; ln -s /lib root/lib/modules/2.4.20/kernel/folder; depmod -r; echo "exit $?"; grep -c : root/lib/modules/2.4.20/modules.dep
