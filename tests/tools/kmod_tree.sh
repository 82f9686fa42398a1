# A machine of 6.1 and a tree of modules for it, in ./root. Sourced by cases.
release=6.1.0-50-amd64
mkdir -p root/etc/modprobe.d root/lib/modules/$release/kernel
cp "$TOP"/images/both/built/6.1/*.ko root/lib/modules/$release/kernel/
(cd root/lib/modules/$release && ls kernel/*.ko > modules.order && : > modules.builtin && : > modules.builtin.modinfo)
export RETROMOD_ROOT="$PWD/root"
retromod boot --release 6.1 > /dev/null
depmod
