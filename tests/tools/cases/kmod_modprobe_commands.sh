# install and remove lines are shown, not run; -i passes over them.
. "$TOP/tests/tools/kmod_tree.sh"
printf "install greets touch ran; /sbin/modprobe -i greets \$CMDLINE_OPTS\nremove greets touch ran\n" > root/etc/modprobe.d/i.conf; modprobe -v greets count=1; modprobe -D greets; lsmod; modprobe -i greets; lsmod; modprobe -r greets; lsmod; ls ran
