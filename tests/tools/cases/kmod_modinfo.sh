# All fields of a module, and parts of them.
. "$TOP/tests/tools/kmod_tree.sh"
modinfo greets; modinfo -p greets; modinfo -F license greets; modinfo -n greets; modinfo -0 takes | tr "\0" "|"; echo; modinfo -F depends takes; modinfo -l greets takes
