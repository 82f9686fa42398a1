# System calls and kernel functions, with arguments and results.
retromod boot > /dev/null
retromod trace -o trace.txt insmod i386/chrdev.o major=240
sed 's/_M[0-9A-F]*_/_M_/; /QM_SYMBOLS/d' trace.txt # how many symbols the kernel has is no matter here
retromod trace --json rmmod chrdev 2> trace.json
python3 -c 'import json; [print(row["event"], row.get("name", "")) for row in map(json.loads, open("trace.json"))]'
retromod trace --dry-run lsmod; echo "exit $?"
