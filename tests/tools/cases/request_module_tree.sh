# The guest's request_module runs modprobe over the tree, in the same transaction.
. "$TOP/tests/tools/tree.sh"
cp i386/loads.o root/lib/modules/2.4.20/kernel; depmod; touch -d @4000000000 root/lib/modules/2.4.20/modules.dep; retromod boot --modules root >/dev/null
echo 'alias char-major-200 importer' >> root/etc/modules.conf
insmod loads wanted=char-major-200; lsmod; rmmod loads
insmod loads wanted=nosuch; retromod syslog; rmmod loads
echo 'pre-install hello touch ran' >> root/etc/modules.conf
insmod loads wanted=hello; lsmod | sed -n 1,3p; ls ran
retromod --dry-run insmod i386/sleeper.o; retromod syslog | wc -l
