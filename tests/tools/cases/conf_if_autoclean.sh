# -k holds where the kernel calls; `! -k` is the same.
. "$TOP/tests/tools/tree.sh"
cat > root/etc/modules.conf <<'END'
if -k
alias k1 yes
else
alias k1 no
endif
if ! -k
alias k2 yes
else
alias k2 no
endif
END
modprobe -c | grep " k[12] "; modprobe -k -c | grep " k[12] "
