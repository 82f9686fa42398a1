# /proc files of a module, longer than a page too.
retromod boot > /dev/null
insmod i386/procfile.o
retromod cat /proc/procfile
retromod write /proc/procfile --text 'changed
'
retromod cat /proc/procfile
retromod cat /proc/procfile_lines | sha256sum
retromod cat /proc/procfile_lines | tail -n 1
