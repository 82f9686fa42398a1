# The versions that a module file was built against, and those that it exports; of files, not of names.
. "$TOP/tests/tools/kmod_tree.sh"
folder=root/lib/modules/$release/kernel
modprobe --show-modversions $folder/takes.ko; modprobe --dump-modversions $folder/gives.ko; modprobe --show-exports $folder/gives.ko; echo "exit $?"
modprobe --show-exports $folder/takes.ko; echo "exit $?"; modprobe --show-exports takes; echo "exit $?"; echo text > t; modprobe --show-modversions t; echo "exit $?"; modprobe --show-exports
