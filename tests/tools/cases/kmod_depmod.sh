# The files that kmod's depmod makes.
. "$TOP/tests/tools/kmod_tree.sh"
cd root/lib/modules/$release; ls; cat modules.dep modules.alias modules.softdep modules.symbols
