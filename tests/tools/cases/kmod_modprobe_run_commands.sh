# --run-commands runs install and remove lines; modprobe -i in them passes over them.
. "$TOP/tests/tools/kmod_tree.sh"
printf 'install greets touch ran; /sbin/modprobe -i greets $CMDLINE_OPTS\nremove greets lsmod; modprobe -r -i greets\n' > root/etc/modprobe.d/i.conf
modprobe --run-commands -n -v greets; ls ran; modprobe --run-commands greets count=3; echo "exit $?"; ls ran; retromod cat /sys/module/greets/parameters/count
modprobe --run-commands -r greets; echo "exit $?"; lsmod
echo 'install greets false' > root/etc/modprobe.d/i.conf; modprobe --run-commands greets; echo "exit $?"; lsmod
printf 'install greets echo "$MODPROBE_MODULE"; exit 3\nremove greets exit 3\n' > root/etc/modprobe.d/i.conf; modprobe --run-commands greets; echo "exit $?"; modprobe --run-commands -r greets; echo "exit $?"
