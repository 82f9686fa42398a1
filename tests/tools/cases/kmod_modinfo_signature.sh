# The fields of a signature; a packed file.
. "$TOP/tests/tools/kmod_tree.sh"
modinfo "$TOP/images/modern/built/6.1/crc7.ko" | sed "s|$TOP|TOP|"; modinfo -F signer "$TOP/images/modern/built/6.1/crc7_xz.ko"
