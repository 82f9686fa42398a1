# What is no declaration is passed over; with -w it is told, and the exit status is 1.
told() { printf "$1" | genksyms -w -k 2.2.0; echo "exit $?"; }
told 'int f(void);\nEXPORT_SYMBOL(f);EXPORT_SYMBOL(nosuch);\n'
told 'typedef int t;\nEXPORT_SYMBOL(t);int f(void);\nEXPORT_SYMBOL(f);\n'
told 'int a +;\nint b;\nEXPORT_SYMBOL(b);\n'
told 'int a;\nEXPORT_SYMBOL(a)\nint b;EXPORT_SYMBOL(b);\n'
told 'EXPORT_SYMBOL();\nEXPORT_SYMBOL f;\nint b;EXPORT_SYMBOL(b);\n'
told 'struct s *f(void);\nEXPORT_SYMBOL(f);\n'
told '# 1 "x.c"\nint a;\n# 7 "y.h"\nchar *a;\nEXPORT_SYMBOL(a);\n'
