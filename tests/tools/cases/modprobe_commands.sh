# Commands of modules.conf are shown, not run.
. "$TOP/tests/tools/tree.sh"
cat >> root/etc/modules.conf <<'END'
pre-install hello /bin/echo before $HOME
post-install hello touch ran
install lib /bin/false
pre-remove hello touch ran
remove exporter touch ran
post-remove hello touch ran
END
modprobe -v hello; modprobe lib; lsmod; modprobe -v -r hello; modprobe exporter; modprobe -r exporter; lsmod; ls ran
