# Modules that the kernel links, with what they need, each in a machine of its own.
mkdir modules; cp $TOP/images/both/built/6.1/*.ko modules
xz -q modules/takes.ko; gzip -n modules/greets.ko; head -c 900 modules/stays.ko > modules/cut.ko; : > modules/empty.ko
untimed() { sed -E 's/ [0-9.]+s  / TIME  /; s/ [0-9.]+s$/ TIME/'; }
retromod sweep modules --release 6.1 | untimed
retromod sweep $TOP/images/both/built/2.6.17 --release 2.6.17 --jobs 2 | untimed | tail -5
retromod sweep modules --release 6.1 --cmdline module.sig_enforce --json | python3 -c '
import json, sys
for line in sys.stdin:
    row = json.loads(line)
    if "summary" in row: print(row["summary"]["verdicts"])
    elif row["module"] in ("greets", "takes"): print(row["module"], row["verdict"], row["detail"], row["dependencies"])'
retromod sweep modules --release 6.1 --like modules/gives.ko -o result | tail -4; cut -c1-60 result | head -2
retromod sweep i386 --release 6.1; echo "exit $?"
