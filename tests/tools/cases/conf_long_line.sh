# A line of 10,000 characters is read as several.
. "$TOP/tests/tools/tree.sh"
python3 -c "print('alias a ' + 'b'*9990)" > root/etc/modules.conf; modprobe -c 2>&1 | cut -c1-60 | grep -v "^path\|^#\|^alias [^a]\|^prune"; echo "exit ${PIPESTATUS[0]}"
