# A shell in whose PATH the period names are ours, wherever it goes.
mkdir -p root/etc/modprobe.d root/lib/modules/2.4.20; cp i386/exporter.o i386/importer.o root/lib/modules/2.4.20
retromod boot > /dev/null
retromod --root root shell -c 'cd /; for name in insmod rmmod lsmod ksyms modinfo modprobe depmod genksyms kmod; do [ "$(dirname "$(command -v $name)")" = "$BIN" ] || echo "$name is not ours"; done; depmod; modprobe importer; lsmod'
lsmod | grep -c porter
echo 'echo "script: $1"; exit 3' > s; retromod shell s word; echo "exit $?"
retromod shell --help; echo 'echo "$PS1"' | retromod shell 2>/dev/null | grep -o "^.retromod[^]]*]"; retromod shutdown; echo 'echo "$PS1"' | retromod shell 2>/dev/null | grep -o "^.retromod[^]]*]"
