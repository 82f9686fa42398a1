# Quotes, and what they keep together.
. "$TOP/tests/tools/tree.sh"
cat > root/etc/modules.conf <<'END'
options hello who="one two" text='a b'
options lib a=1,2,3
END
modprobe -n -v hello; modprobe -n -v lib
