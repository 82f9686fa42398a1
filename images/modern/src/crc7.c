// SPDX-License-Identifier: GPL-2.0-or-later
// In place of a module of the kernel's own tree: the CRC that SD cards and the like use, x^7 + x^3 + 1, kept in the upper
// seven bits. Built as in-tree and signed.
#include "module.h"

extern u8 crc7_be_syndrome_table[256];
u8 crc7_be(u8 crc, const u8 *buffer, size_t bytes);

#define STEP(x) ((((x) << 1) ^ ((x) & 0x80 ? 0x12 : 0)) & 0xff)
#define BYTE(x) STEP(STEP(STEP(STEP(STEP(STEP(STEP(STEP(x))))))))
#define ROW4(x) BYTE(x), BYTE((x) + 1), BYTE((x) + 2), BYTE((x) + 3)
#define ROW16(x) ROW4(x), ROW4((x) + 4), ROW4((x) + 8), ROW4((x) + 12)
#define ROW64(x) ROW16(x), ROW16((x) + 16), ROW16((x) + 32), ROW16((x) + 48)
u8 crc7_be_syndrome_table[256] = {ROW64(0), ROW64(64), ROW64(128), ROW64(192)};
EXPORT_SYMBOL(crc7_be);
EXPORT_SYMBOL(crc7_be_syndrome_table);

u8 crc7_be(u8 crc, const u8 *buffer, size_t bytes)
{
	while (bytes--)
		crc = crc7_be_syndrome_table[crc ^ *buffer++];
	return crc;
}

MODULE_INFO(intree, "Y");
MODULE_LICENSE("GPL");
