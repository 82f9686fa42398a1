# Version, help, wrong words, files that are no kernels.
kallsyms -V; echo "exit $?"; kallsyms -h 2>&1 | wc -l; kallsyms; echo "exit $?"; kallsyms a b 2>&1 | sed -n 1,2p; kallsyms -Z 2>&1 | sed -n 1,2p
kallsyms nosuch; echo "exit $?"; kallsyms i386/hello.o; echo "exit $?"; echo text > t; kallsyms t; : > empty; kallsyms empty; kallsyms .
printf '\177ELF\1\1\1' > short; kallsyms short; echo "exit $?"
