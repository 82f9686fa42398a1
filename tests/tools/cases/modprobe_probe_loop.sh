# Lists that name each other.
. "$TOP/tests/tools/tree.sh"
printf "probe a b\nprobe b a\n" >> root/etc/modules.conf; modprobe a 2>&1 | sort | uniq -c | head -3; echo "exit ${PIPESTATUS[0]}"
