// SPDX-License-Identifier: GPL-2.0-or-later
// Addresses with addends of every kind: into the middle of strings and arrays, before and behind them, across 32 KB and
// 64 KB, of things of this file and of the kernel.
extern char kernel_text[], kernel_table[];
extern int kernel_function(const void *what, unsigned long where);

static unsigned char small, middle[300], large[0x18000];
static int filled[] = {1, 2, 3, 5, 8, 13, 21};
static const short constants[] = {3, 1, 4, 1, 5, 9, 2, 6};
static const char text[] = "a string with a middle";

const void *const everything[] = {
	&small, middle + 1, middle - 16, middle + sizeof middle, large + 0x7ffc, large + 0x8000, large + 0x17fff,
	filled + 3, filled - 1, constants + 2, text + 9, "a string with a middle" + 9, "another",
	kernel_text + 0x7fff, kernel_text - 4, kernel_table + 0x10000, everything, &everything[5], (char *)kernel_function + 8,
};
unsigned long differences[] = {(unsigned long)&large[0x12344], (unsigned long)kernel_table, 0};

static int __attribute__((noinline)) sum(const unsigned char *from, int count)
{
	int total = 0;
	while (count--) total += *from++;
	return total;
}

int first(void) { return sum(large + 0x7ffc, 4) + large[0x7ffe] + large[0x8001] + large[0xfffe] + large[0x10002]; }
int second(int at) { return sum(middle + at, at) + filled[at] + filled[4] + constants[at] + text[at]; }
void third(int value)
{
	small = (unsigned char)value;
	middle[250] = small;
	large[0x9000] = middle[value];
	filled[6] += value;
	kernel_text[0x8000] = kernel_table[4];
	*(int *)(kernel_table + 0x7ffc) = filled[2];
	*(int *)(kernel_table + 0x8000) = filled[1];
}
int fourth(int which)
{
	if (which > 2) return first();
	third(which);
	return kernel_function(everything[which], differences[which & 1]) + kernel_function(text + 3, (unsigned long)second);
}
