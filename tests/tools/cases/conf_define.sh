# define sets a variable for what follows.
. "$TOP/tests/tools/tree.sh"
cat > root/etc/modules.conf <<'END'
define WHO "the world"
define N 4
options hello count=$N half=${N}
if -n $N >= 4
alias n yes
endif
END
modprobe -n -v hello; modprobe -c | grep " n "
