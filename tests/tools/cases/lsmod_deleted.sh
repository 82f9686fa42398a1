# A module whose cleanup died stays, as (deleted): here oops.o with its init routine as cleanup_module, and none as init_module.
. "$TOP/tests/tools/tree.sh"
python3 - i386/oops.o dies.o <<'END'
import struct, sys
data = bytearray(open(sys.argv[1], "rb").read())
table, count, names = struct.unpack_from("<I", data, 32)[0], *struct.unpack_from("<HH", data, 48)
headers = [struct.unpack_from("<10I", data, table + 40 * i) for i in range(count)]
symbols = next(header for header in headers if header[1] == 2)
strings = headers[symbols[6]][4]
entries = {}
for offset in range(symbols[4], symbols[4] + symbols[5], 16):
    name = struct.unpack_from("<I", data, offset)[0]
    entries[bytes(data[strings + name:data.index(0, strings + name)])] = (offset, name)
(one, first), (two, second) = entries[b"init_module"], entries[b"cleanup_module"]
struct.pack_into("<I", data, one, second)
struct.pack_into("<I", data, two, first + len("init_"))
open(sys.argv[2], "wb").write(data)
END
insmod dies.o; rmmod dies 2>/dev/null; echo "exit $?"; lsmod; insmod dies.o; echo "exit $?"; rmmod dies; echo "exit $?"; retromod cat /proc/modules
