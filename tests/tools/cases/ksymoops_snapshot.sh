# With /var/log/ksymoops insmod and rmmod leave copies there.
. "$TOP/tests/tools/tree.sh"
mkdir -p root/var/log/ksymoops; insmod hello; ls root/var/log/ksymoops | sed "s/^[0-9]*//"; cat root/var/log/ksymoops/*.modules; rm root/var/log/ksymoops/*; rmmod nosuch; ls root/var/log/ksymoops; insmod -n i386/lib.o; ls root/var/log/ksymoops; rmmod hello; ls root/var/log/ksymoops | wc -l
