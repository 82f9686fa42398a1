# Of several modules of a name the one that depmod.d names counts: search, override, -C; -P takes one letter.
. "$TOP/tests/tools/kmod_tree.sh"
cd root/lib/modules/$release; mkdir -p extra updates kernel/old; cp kernel/greets.ko kernel/gives.ko extra; cp kernel/gives.ko updates; cd ../../../..
dep() { depmod "$@" && grep -E "greets|gives.ko:" root/lib/modules/$release/modules.dep; }
dep; mkdir -p root/etc/depmod.d root/lib/depmod.d; printf 'search extra \\\n updates built-in\n' > root/etc/depmod.d/a.conf; dep
echo "override gives * kernel" > root/lib/depmod.d/b.conf; dep; echo "override gives 2.6.1 kernel" > root/lib/depmod.d/b.conf; dep
echo "# nothing" > root/etc/depmod.d/b.conf; echo 'search built-in updates' > c.conf; dep -C c.conf; dep -P _; depmod -P ab; echo "exit $?"
