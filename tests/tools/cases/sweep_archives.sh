# Modules out of archives, and out of archives in those, are called by the path of the one and of the other.
mkdir -p tree/lib/modules/2.4.20; cp i386/exporter.o i386/importer.o i386/fails.o tree/lib/modules/2.4.20
tar -C tree -czf a.tar.gz lib; tar -C tree -cJf data.tar.xz lib; echo 2.0 > debian-binary; ar rc b.deb debian-binary data.tar.xz
python3 -c '
import zipfile
archive = zipfile.ZipFile("c.zip", "w")
archive.write("i386/hello.o", "../../outside/hello.o")
archive.close()'
tar -cf all.tar a.tar.gz b.deb c.zip
files() { retromod sweep "$1" --json | python3 -c '
import json, sys
for line in sys.stdin:
    row = json.loads(line)
    if "file" in row: print(row["file"], row["verdict"], row["said"].split(": ")[0])'; }
files a.tar.gz; files all.tar; ls outside ../outside
mkdir both; cp i386/hello.o both; cp c.zip both; files both
# Stopped and gone on with.
retromod sweep all.tar -o kept.jsonl > /dev/null; head -3 kept.jsonl > part.jsonl; retromod sweep all.tar -o part.jsonl | grep -c unload-ok
# Damaged, cut off, none at all.
head -c 700 a.tar.gz > cut.tar.gz; retromod sweep cut.tar.gz; echo "exit $?"
head -c 1000 b.deb > cut.deb; retromod sweep cut.deb; echo "exit $?"
echo text > text.tar; retromod sweep text.tar; echo "exit $?"
mkdir scratch; TMPDIR=$PWD/scratch retromod sweep a.tar.gz > /dev/null; for i in 1 2 3 4 5 6 7 8 9; do [ -z "$(ls scratch)" ] && break; sleep .2; done; ls scratch
TMPDIR=/nonexistent retromod sweep a.tar.gz; echo "exit $?"
