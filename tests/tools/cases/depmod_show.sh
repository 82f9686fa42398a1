# -n prints and writes nothing.
. "$TOP/tests/tools/tree.sh"
rm root/lib/modules/2.4.20/modules.*; depmod -n; ls root/lib/modules/2.4.20
