# add is taken for any word that begins with it: what follows is another word.
. "$TOP/tests/tools/tree.sh"
echo "added options lib c=3" > root/etc/modules.conf; modprobe -n lib; echo "exit $?"
echo "addoptions lib c=3" > root/etc/modules.conf; modprobe -n -v lib
