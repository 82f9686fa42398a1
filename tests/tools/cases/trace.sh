# System calls and kernel functions, with arguments and results.
retromod boot > /dev/null
retromod trace -o trace.txt insmod i386/chrdev.o major=240
sed 's/_M[0-9A-F]*_/_M_/; /QM_SYMBOLS/d' trace.txt # how many symbols the kernel has is no matter here
retromod trace --json rmmod chrdev > trace.json
python3 -c 'import json; [print(row["event"], row.get("name", "")) for row in map(json.loads, open("trace.json"))]'
retromod trace --json lsmod 2> said.txt > lsmod.json; cat said.txt # the command's own text
python3 -c 'import json; print(sorted({json.loads(row)["event"] for row in open("lsmod.json")}))'
retromod trace -o trace.json --json lsmod; python3 -c 'import json; print(len({json.loads(row)["event"] for row in open("trace.json")}))'
retromod trace lsmod --dry-run 2> /dev/null; echo "exit $?"
