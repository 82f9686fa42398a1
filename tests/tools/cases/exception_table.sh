# A fault on a user pointer is saved by the module's __ex_table.
retromod boot > /dev/null
insmod i386/exfault.o; echo "exit $?"
retromod dmesg
