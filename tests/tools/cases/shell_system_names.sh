# In the shell and in bash scripts that it starts, names with a folder of the system's are ours, too.
retromod boot > /dev/null
printf '#!/bin/bash\nmodule=i386/hello.o\nif /sbin/insmod $module; then /sbin/lsmod; fi\n' > load; printf '/bin/bash ./load\n/usr/sbin/rmmod hello || exit 4\n/sbin/rmmod hello\n' > both; chmod +x load
retromod shell both; echo "exit $?"; retromod shell -c './load && /sbin/modprobe -V -n x | head -1'; lsmod
echo '/sbin/lsmod | wc -l; exit' | retromod shell 2> /dev/null | grep -x 2
