# -f, and what can be wrong with it.
for f in "%n %%\n" "%{author}|%{nosuch}\n" "%" "%x" "%{open" "%{$(printf "y%.0s" $(seq 130))}"; do modinfo -f "$f" i386/hello.o; echo "exit $?"; done
