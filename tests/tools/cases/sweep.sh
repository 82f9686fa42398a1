# Each module in a machine of its own, beside what another kernel said of it.
printf 'module\tparams\tdeps\tverdict\tunload\n' > verdicts.tsv
printf 'hello\t\t-\tok\tunload-ok\nimporter\t\texporter.o\tok\tunload-ok\nfails\t\t-\trefused:EIO\t\n' >> verdicts.tsv
retromod sweep i386 --verdicts verdicts.tsv --jobs 2 | sed 's/ [0-9.]*s / TIME /; s/ [0-9.]*s$/ TIME/'
retromod --budget 1 sweep i386 --json | python3 -c '
import json, sys
for line in sys.stdin:
    row = json.loads(line)
    print(row["summary"]["verdicts"] if "summary" in row else (row["module"], row["verdict"], row["unload"]))'
retromod sweep nosuch; echo "exit $?"
mkdir empty; retromod sweep empty; echo "exit $?"
