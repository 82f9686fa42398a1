# Undefined names, two definitions, what is no C; with -w.
printf 'int a; char a;\nstruct s *b;\nint c(;\nint d;\nEXPORT_SYMBOL(a);\nEXPORT_SYMBOL(b);\nEXPORT_SYMBOL(c);\nEXPORT_SYMBOL(d);\n' > e.i
genksyms -k 2.4.20 < e.i; echo "exit $?"; genksyms -w -k 2.4.20 < e.i >/dev/null; genksyms < e.i 2>&1 | sed -n 1,2p; echo "exit ${PIPESTATUS[0]}"; genksyms -V -k 2.4.20 < /dev/null; genksyms -h; echo "exit $?"
