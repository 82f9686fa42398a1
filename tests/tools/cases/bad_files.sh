# Files that are no module: one clear line each, and nothing changes.
retromod boot >/dev/null
try() { "$@"; echo "exit $?: $*"; }
try insmod nosuch.o
try insmod i386
try insmod ./i386
echo "hello" > text.o;                        try insmod text.o
: > empty.o;                                  try insmod empty.o
head -c 40 i386/hello.o > header.o;           try insmod header.o
head -c 600 i386/hello.o > half.o;            try insmod half.o
printf '\177ELF\002' | cat - <(tail -c +6 i386/hello.o) > class.o; try insmod class.o
try insmod mipsel/hello.o
patch_bytes() { cp i386/hello.o "$1"; printf "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none; }
patch_bytes exec.o 16 '\002\000';             try insmod exec.o
patch_bytes machine.o 18 '\076\000';          try insmod machine.o
patch_bytes shoff.o 32 '\377\377\377\177';    try insmod shoff.o
patch_bytes shnum.o 48 '\377\177';            try insmod shnum.o
patch_bytes shentsize.o 46 '\050\001';        try insmod shentsize.o
patch_bytes strndx.o 50 '\377\000';           try insmod strndx.o
printf '\037\213\010\000garbage' > bad.o.gz;  try insmod bad.o.gz
lsmod
retromod status | grep generation
