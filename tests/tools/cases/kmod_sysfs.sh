# /sys/module and /proc/kallsyms through ls and cat.
retromod boot --release 6.1 > /dev/null
insmod "$TOP/images/both/built/6.1/gives.ko"; insmod "$TOP/images/both/built/6.1/takes.ko"; insmod "$TOP/images/both/built/6.1/greets.ko" count=2
retromod ls /sys/module; retromod ls /sys/module/greets; retromod ls /sys/module/greets/parameters; retromod ls /sys/module/gives/holders
retromod cat /sys/module/greets/parameters/count /sys/module/gives/refcnt /sys/module/greets/initstate
retromod cat /proc/kallsyms | grep -E " (_printk|param_ops_int|gives_[a-z]*)( |	|$)" | cut -c17-; retromod cat /proc/kallsyms | grep -cvE "^[0-9a-f]{16} [A-Za-z] "
retromod ls /sys/module/nosuch; echo "exit $?"; retromod cat /sys/module/greets/nosuch; echo "exit $?"; retromod ls /proc; echo "exit $?"
retromod shutdown; retromod boot > /dev/null; retromod ls /sys/module; echo "exit $?"
