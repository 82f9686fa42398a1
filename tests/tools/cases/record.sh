# A session is recorded, edited and replayed; it can be done again on every release.
retromod record session.json --title "hello comes and goes" -- insmod i386/hello.o -- lsmod -- rmmod hello
echo "status $?"
grep -c '"op"' session.json
grep -o '&printk-@' session.json | wc -l
retromod replay session.json
echo "status $?"
sed -i 's/goodbye, world/good night, world/' session.json
retromod replay session.json | sed 's/got .*/got .../'
retromod record --steps session.json --release all again.json
retromod replay again.json
retromod record killed.json -- insmod i386/oops.o
echo "status $?"
retromod replay killed.json
retromod record x.json
echo "status $?"
retromod record x.json -- reboot
echo "status $?"
ls x.json
