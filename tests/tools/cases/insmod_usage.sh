# Usage: 27 lines on stderr, exit status 1.
insmod; echo "exit $?"; insmod -h 2>&1 | wc -l; insmod -R x y 2>&1 | head -2; insmod --nosuch x 2>&1 | head -1; insmod -V; echo "exit $?"
