# Usage: 27 lines on stderr, exit status 1.
insmod; echo "exit $?"; insmod -h 2>&1 | wc -l; insmod -R x y 2>&1 | sed -n 1,2p; insmod --nosuch x 2>&1 | sed -n 1,1p; insmod -V; echo "exit $?"
