# A module that harms its kernel harms nothing else: each command ends, in time, and the machine's file stays sound.
for harm in store_upwards list_in_a_circle name_nowhere table_without_end references_in_a_circle overflow_stack stack_nowhere \
    system_call sysenter endless endless_without_interrupts endless_calls endless_memory halt divide undefined descriptor_table \
    control_register segment all_ports free_itself free_nothing format_nonsense bad_proc_entry own_code \
    jump,base=16 jump,base=0xc0000000 jump,base=0xdeadbeef store_over_kernel,base=0xc0000000 store_over_kernel,base=0xc0101000 \
    store_over_kernel,base=0xc0400000 store_over_variables store_over_task; do
    budget=2; [ $harm = store_over_kernel,base=0xc0400000 ] && budget=40
    retromod boot --replace > /dev/null
    retromod --budget $budget insmod i386/hostile.o harm=${harm/,/ } > /dev/null 2> said; status=$?
    for command in lsmod "retromod dmesg" "retromod cat /proc/ioports" "retromod --budget 2 rmmod hostile" "insmod i386/hello.o"; do
        timeout 30 retromod --budget 2 ${command#retromod } > /dev/null 2>&1; status="$status $?"
    done
    echo "$harm: exits $status; $(retromod fsck 2>&1 | tail -1 | sed 's/^FOLDER.machine: //')"
    grep -v '^Segmentation' said | cut -d';' -f1
done
