# --root and $RETROMOD_ROOT name the tree; without one there is a folder beside the machine.
. "$TOP/tests/tools/tree.sh"
unset RETROMOD_ROOT; modprobe hello; echo "exit $?"; retromod --root root modprobe hello; echo "exit $?"; lsmod
retromod --root; echo "exit $?"; retromod --root=root modprobe -r hello; lsmod
mkdir -p other; mv root other/; retromod --machine other/machine boot >/dev/null; retromod --machine other/machine modprobe -n -v hello
