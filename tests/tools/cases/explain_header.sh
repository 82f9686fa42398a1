# A module whose exception table has half an entry: insmod lets it pass, the kernel does not.
retromod boot > /dev/null
python3 - <<'END'
import struct
data = bytearray(open("i386/exfault.o", "rb").read())
offset, = struct.unpack_from("<I", data, 32)
size, count, names = struct.unpack_from("<HHH", data, 46)
rows = [struct.unpack_from("<10I", data, offset + i * size) for i in range(count)]
table = next(i for i, row in enumerate(rows) if data[rows[names][4] + row[0]:].startswith(b"__ex_table\0"))
struct.pack_into("<I", data, offset + table * size + 20, rows[table][5] + 4)
open("odd.o", "wb").write(data)
END
insmod odd.o; echo "exit $?"
retromod explain odd.o; echo "exit $?"
retromod dmesg
