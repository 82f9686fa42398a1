# Each module in a machine of its own, beside what another kernel said of it.
printf 'module\tparams\tdeps\tverdict\tunload\n' > verdicts.tsv
printf 'hello\t\t-\tok\tunload-ok\nimporter\t\texporter.o\tok\tunload-ok\nfails\t\t-\trefused:EIO\t\n' >> verdicts.tsv
retromod sweep i386 --verdicts verdicts.tsv --jobs 2 | sed 's/ [0-9.]*s / TIME /; s/ [0-9.]*s$/ TIME/'
retromod --budget 1 sweep i386 --json | python3 -c '
import json, sys
for line in sys.stdin:
    row = json.loads(line)
    print(row["summary"]["verdicts"] if "summary" in row else (row["module"], row["verdict"], row["unload"]))'
# Stopped and gone on with; in shards, and joined.
retromod sweep i386 --verdicts verdicts.tsv -o all.jsonl > /dev/null; echo "exit $?"
head -2 all.jsonl > part.jsonl; head -c -10 all.jsonl | tail -1 | head -c 300 >> part.jsonl
retromod sweep i386 --verdicts verdicts.tsv -o part.jsonl | grep -c -e ' ok ' -e ' refused:'
cut -d, -f1 part.jsonl; sed 's/"seconds":[0-9.e-]*//' part.jsonl > a; sed 's/"seconds":[0-9.e-]*//' all.jsonl | cmp - a
for i in 1 2; do retromod sweep i386 --verdicts verdicts.tsv --shard $i/2 -o shard$i.jsonl > /dev/null; done
retromod sweep --merge shard1.jsonl shard2.jsonl --verdicts verdicts.tsv | sed 's/ [0-9.]*s / TIME /; s/ [0-9.]*s$/ TIME/'; 
retromod sweep --merge shard2.jsonl > /dev/null; echo "exit $?"
retromod sweep --merge shard1.jsonl shard1.jsonl; echo "exit $?"
retromod sweep i386 -o shard1.jsonl; echo "exit $?"
retromod sweep i386 --shard 3/2; echo "exit $?"
echo '{"no": "row"}' >> shard1.jsonl; retromod sweep --merge shard1.jsonl; echo "exit $?"
retromod sweep --merge verdicts.tsv; echo "exit $?"
# What a driver leaves behind is found and named.
mkdir leaky; cp i386/leaves.o leaky; retromod sweep leaky | sed 's/ [0-9.]*s$/ TIME/'
retromod sweep nosuch; echo "exit $?"
mkdir empty; retromod sweep empty; echo "exit $?"
