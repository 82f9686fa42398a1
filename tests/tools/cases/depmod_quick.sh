# -A works only when something is newer.
. "$TOP/tests/tools/tree.sh"
touch -d 2001-01-01 root/lib/modules/2.4.20/kernel/* root/etc/modules.conf; touch -d 2002-01-01 root/lib/modules/2.4.20/modules.*; depmod -A -v; echo --; touch -d 2003-01-01 root/lib/modules/2.4.20/kernel/hello.o; depmod -A -v | sed -n 1,1p
