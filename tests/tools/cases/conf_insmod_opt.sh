# insmod_opt goes to every insmod.
. "$TOP/tests/tools/tree.sh"
cat > root/etc/modules.conf <<'END'
insmod_opt=-y -m
END
modprobe -n -v hello; echo "exit $?"
