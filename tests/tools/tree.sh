# A machine of 2.4.20 and a tree of modules for it, in ./root. Sourced by cases.
mkdir -p root/etc root/lib/modules/2.4.20/kernel
for module in exporter importer hello lib fails; do cp -p i386/$module.o root/lib/modules/2.4.20/kernel/; done
: > root/etc/modules.conf
touch -d @1000000000 root/etc/modules.conf
export RETROMOD_ROOT="$PWD/root"
retromod boot --release 2.4.20 > /dev/null
depmod
touch -d @4000000000 root/lib/modules/2.4.20/modules.dep  # newer than whatever a case writes into modules.conf
