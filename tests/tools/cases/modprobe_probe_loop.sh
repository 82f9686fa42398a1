# Lists that name each other.
. "$TOP/tests/tools/tree.sh"
printf "probe a b\nprobe b a\n" >> root/etc/modules.conf; modprobe a 2>&1 | sort | uniq -c | sed -n 1,3p; echo "exit ${PIPESTATUS[0]}"
