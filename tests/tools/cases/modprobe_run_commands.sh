# --run-commands runs the commands of modules.conf: each sees what was done before it, and its period names are ours.
. "$TOP/tests/tools/tree.sh"
cat > root/etc/modules.conf <<'END'
pre-install hello lsmod; echo "before $0"
post-install hello /sbin/insmod lib; lsmod | tail -n +2; false
install exporter /sbin/insmod -k /lib/modules/2.4.20/kernel/exporter.o; touch ran
pre-remove importer (exit 7)
remove exporter /bin/rmmod exporter
END
touch -d @4000000000 root/lib/modules/2.4.20/modules.dep
modprobe --run-commands -v hello; echo "exit $?"; lsmod
retromod --dry-run modprobe --run-commands importer; modprobe -n --run-commands importer; ls ran
modprobe importer --run-commands; echo "exit $?"; lsmod; ls ran
modprobe --run-commands -r importer; echo "exit $?"; modprobe -r importer; modprobe --run-commands -r exporter; echo "exit $?"; lsmod
