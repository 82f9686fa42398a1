# As the kernel calls it: one name, whatever it looks like.
. "$TOP/tests/tools/tree.sh"
safe() { env -i HOME=/ TERM=linux PATH=/sbin:/usr/sbin:/bin:/usr/bin "$BIN/retromod" --machine "$RETROMOD_MACHINE" "$@"; echo "exit $?"; }
safe modprobe -s -k a b; safe modprobe -s -k -- -x; safe modprobe -k name=value; safe modprobe -k -C; retromod syslog
