# below loads a module before another.
. "$TOP/tests/tools/tree.sh"
printf "below hello exporter\nadd below hello lib\n" >> root/etc/modules.conf; modprobe -n -v hello
