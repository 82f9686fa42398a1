/* SPDX-License-Identifier: GPL-2.0-or-later
 * Sixteen small programs of the kinds that module code is made of, and one that checksums and copies. Each takes a number of rounds
 * and gives a checksum. i386_engines_bench.cc runs them. */

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;

#define KERNEL __attribute__((noinline, aligned(64))) u32
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static u8 buffer[64 << 10], packed[80 << 10], unpacked[64 << 10];

static u32 next_random(u32 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

KERNEL arithmetic(u32 rounds)
{
	u32 a = 1, b = 0x12345678;
	while (rounds--) {
		a = (a << 5 | a >> 27) ^ b;
		b += a;
		__asm__ volatile("" : "+r"(a), "+r"(b));
	}
	return a ^ b;
}

KERNEL crc32_of_bytes(u32 rounds)
{
	static u32 table[256];
	u32 crc = 0xffffffff, i, bit;
	for (i = 0; i < 256; ++i) {
		u32 value = i;
		for (bit = 0; bit < 8; ++bit) value = value >> 1 ^ (value & 1 ? 0xedb88320 : 0);
		table[i] = value;
	}
	for (i = 0; i < rounds; ++i) crc = table[(crc ^ buffer[i & 0xffff]) & 0xff] ^ crc >> 8;
	return crc;
}

KERNEL stores(u32 rounds)
{
	volatile u8 *at = buffer;
	u32 i;
	for (i = 0; i < rounds; ++i) at[i & 0xfff] = (u8)i;
	return buffer[77];
}

static __attribute__((noinline)) u32 add_three(u32 value) { return value + 3; }
static __attribute__((noinline)) u32 twist(u32 value) { return value ^ value >> 3; }
static __attribute__((noinline)) u32 double_it(u32 value) { return value * 2 + 1; }
static __attribute__((noinline)) u32 invert(u32 value) { return ~value; }

KERNEL call_by_pointer(u32 rounds)
{
	u32 (*volatile function)(u32) = add_three;
	u32 sum = 0;
	while (rounds--) sum = function(sum);
	return sum;
}

struct node {
	struct node *next;
	u32 value;
};

KERNEL list_walk(u32 rounds)
{
	static struct node nodes[1024];
	struct node *at = nodes;
	u32 i, sum = 0;
	for (i = 0; i < COUNT(nodes); ++i) {
		nodes[i].next = &nodes[(i * 389 + 1) % COUNT(nodes)];
		nodes[i].value = i;
	}
	for (i = 0; i < rounds; ++i) {
		sum += at->value;
		at = at->next;
	}
	return sum;
}

KERNEL block_moves(u32 rounds)
{
	while (rounds--) {
		void *to = unpacked, *from = buffer;
		u32 count = 1500;
		__asm__ volatile("cld; rep movsb" : "+D"(to), "+S"(from), "+c"(count) : : "memory", "cc");
	}
	return unpacked[1499];
}

static int compare(const u32 *a, const u32 *b) { return *a < *b ? -1 : *a > *b; }

static void sort(u32 *first, u32 *last, int (*order)(const u32 *, const u32 *))
{
	while (last - first > 1) {
		u32 pivot = first[(last - first) / 2], *low = first, *high = last - 1;
		for (;;) {
			while (order(low, &pivot) < 0) ++low;
			while (order(&pivot, high) < 0) --high;
			if (low >= high) break;
			u32 other = *low;
			*low++ = *high;
			*high-- = other;
		}
		if (low == first) low = first + 1;
		if (low - first < last - low) {
			sort(first, low, order);
			first = low;
		} else {
			sort(low, last, order);
			last = low;
		}
	}
}

KERNEL quicksort(u32 rounds)
{
	static u32 numbers[20000];
	int (*volatile order)(const u32 *, const u32 *) = compare;
	u32 state = 1, i;
	while (rounds--) {
		for (i = 0; i < COUNT(numbers); ++i) numbers[i] = next_random(&state);
		sort(numbers, numbers + COUNT(numbers), order);
	}
	return numbers[1234];
}

KERNEL matrix(u32 rounds)
{
	static int a[64][64], b[64][64], c[64][64];
	u32 i, j, k;
	for (i = 0; i < 64; ++i)
		for (j = 0; j < 64; ++j) a[i][j] = (int)(i * j), b[i][j] = (int)(i + j);
	while (rounds--)
		for (i = 0; i < 64; ++i)
			for (j = 0; j < 64; ++j) {
				int sum = 0;
				for (k = 0; k < 64; ++k) sum += a[i][k] * b[k][j];
				c[i][j] = sum;
			}
	return (u32)c[63][62];
}

static u32 rotated(u32 value, u32 by) { return value >> by | value << (32 - by); }

KERNEL sha256(u32 rounds)
{
	static u32 constants[64];
	u32 h[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}, w[64], i;
	u32 state = 7;
	for (i = 0; i < 64; ++i) constants[i] = next_random(&state); /* the speed is the same with any */
	while (rounds--) {
		u32 v[8];
		for (i = 0; i < 16; ++i) w[i] = ((u32 *)buffer)[i] ^ h[i & 7];
		for (; i < 64; ++i)
			w[i] = w[i - 16] + w[i - 7] + (rotated(w[i - 15], 7) ^ rotated(w[i - 15], 18) ^ w[i - 15] >> 3) +
			       (rotated(w[i - 2], 17) ^ rotated(w[i - 2], 19) ^ w[i - 2] >> 10);
		for (i = 0; i < 8; ++i) v[i] = h[i];
		for (i = 0; i < 64; ++i) {
			u32 one = v[7] + (rotated(v[4], 6) ^ rotated(v[4], 11) ^ rotated(v[4], 25)) +
				  ((v[4] & v[5]) ^ (~v[4] & v[6])) + constants[i] + w[i];
			u32 two = (rotated(v[0], 2) ^ rotated(v[0], 13) ^ rotated(v[0], 22)) + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
			v[7] = v[6], v[6] = v[5], v[5] = v[4], v[4] = v[3] + one;
			v[3] = v[2], v[2] = v[1], v[1] = v[0], v[0] = one + two;
		}
		for (i = 0; i < 8; ++i) h[i] += v[i];
	}
	return h[0];
}

/* Matches of four bytes and more, found by a hash: a length with its top bit, a distance; else a count of literals. */
static u32 compress(const u8 *from, u32 bytes, u8 *to)
{
	static u32 last[4096];
	u32 at = 0, out = 0, literals = 0, i;
	for (i = 0; i < COUNT(last); ++i) last[i] = 0;
	while (at + 4 < bytes) {
		u32 four = *(const u32 *)(from + at), hash = four * 2654435761u >> 20, candidate = last[hash];
		last[hash] = at;
		if (candidate < at && at - candidate < 0xffff && *(const u32 *)(from + candidate) == four) {
			u32 length = 4;
			while (length < 127 && at + length < bytes && from[candidate + length] == from[at + length]) ++length;
			to[out++] = (u8)(0x80 | length);
			to[out++] = (u8)(at - candidate);
			to[out++] = (u8)((at - candidate) >> 8);
			at += length;
			literals = 0;
		} else {
			if (!literals || to[literals] == 127) literals = out, to[out++] = 0;
			++to[literals];
			to[out++] = from[at++];
		}
	}
	return out;
}

static u32 decompress(const u8 *from, u32 bytes, u8 *to)
{
	u32 at = 0, out = 0;
	while (at < bytes) {
		u32 length = from[at] & 127;
		if (from[at] & 0x80) {
			u32 distance = from[at + 1] | (u32)from[at + 2] << 8;
			at += 3;
			while (length--) to[out] = to[out - distance], ++out;
		} else {
			++at;
			while (length--) to[out++] = from[at++];
		}
	}
	return out;
}

KERNEL compression(u32 rounds)
{
	u32 state = 5, i, sum = 0;
	for (i = 0; i < sizeof buffer; ++i) buffer[i] = (u8)(next_random(&state) % 11 ? buffer[i / 2] : next_random(&state));
	while (rounds--) sum += decompress(packed, compress(buffer, sizeof buffer, packed), unpacked);
	return sum + unpacked[4711];
}

KERNEL interpreter(u32 rounds)
{
	static const u8 program[] = {0, 3, 1, 4, 2, 5, 6, 0, 7, 3, 2, 6, 4, 1, 5, 7};
	u32 a = 1, b = 2, c = 3, i;
	for (i = 0; i < rounds; ++i) {
		switch (program[i % COUNT(program)]) {
		case 0: a += b; break;
		case 1: b ^= c << 1; break;
		case 2: c -= a; break;
		case 3: a = a << 3 | a >> 29; break;
		case 4: b += 0x1234567; break;
		case 5: c ^= b >> 2; break;
		case 6: a *= 5; break;
		case 7: b = c - b; break;
		}
	}
	return a ^ b ^ c;
}

static __attribute__((noinline)) u32 fibonacci(u32 number)
{
	return number < 2 ? number : fibonacci(number - 1) + fibonacci(number - 2);
}

KERNEL recursion(u32 rounds)
{
	u32 sum = 0;
	while (rounds--) sum += fibonacci(20);
	return sum;
}

struct tree {
	struct tree *left, *right;
	u32 key;
};

static __attribute__((noinline)) struct tree *insert(struct tree *at, struct tree *fresh)
{
	if (!at) return fresh;
	if (fresh->key < at->key) at->left = insert(at->left, fresh);
	else at->right = insert(at->right, fresh);
	return at;
}

KERNEL tree_inserts(u32 rounds)
{
	static struct tree nodes[8192];
	u32 state = 9, i;
	struct tree *root = 0;
	while (rounds--)
		for (i = 0, root = 0; i < COUNT(nodes); ++i) {
			nodes[i].left = nodes[i].right = 0;
			nodes[i].key = next_random(&state);
			root = insert(root, &nodes[i]);
		}
	return root ? root->key : 0;
}

KERNEL wide_numbers(u32 rounds)
{
	u64 value = 0x123456789abcdefull;
	u32 sum = 0;
	while (rounds--) {
		u32 high = (u32)(value >> 32), divisor = high | 0x80000000u, quotient, rest;
		__asm__("divl %4" : "=a"(quotient), "=d"(rest) : "0"((u32)value), "1"(high & 0x7fffffffu), "r"(divisor) : "cc");
		sum += quotient ^ rest;
		value = value * 6364136223846793005ull + 1442695040888963407ull;
	}
	return sum;
}

KERNEL four_way_calls(u32 rounds)
{
	static u32 (*const functions[])(u32) = {add_three, twist, double_it, invert};
	u32 sum = 0, i;
	for (i = 0; i < rounds; ++i) sum = functions[i & 3](sum);
	return sum;
}

KERNEL flags_saved(u32 rounds)
{
	u32 sum = 0;
	while (rounds--) {
		unsigned long flags;
		__asm__ volatile("pushf; pop %0" : "=r"(flags) : : "memory");
		sum += (flags & 0x200) >> 9;
		__asm__ volatile("push %0; popf" : : "r"(flags) : "memory", "cc");
	}
	return sum;
}

/* 64 KB a round: what a driver does with a disk's data. */
KERNEL checksum_and_copy(u32 rounds)
{
	u32 sum = 0, i;
	while (rounds--) {
		const u32 *from = (const u32 *)buffer;
		u32 *to = (u32 *)unpacked;
		for (i = 0; i < sizeof buffer / 4; ++i) {
			u32 word = from[i];
			sum = (sum << 1 | sum >> 31) + word;
			to[i] = word;
		}
		__asm__ volatile("" : : : "memory");
	}
	return sum;
}

static u32 (*const kernels[])(u32) = {
	arithmetic, crc32_of_bytes, stores, call_by_pointer, list_walk, block_moves, quicksort, matrix, sha256, compression,
	interpreter, recursion, tree_inserts, wide_numbers, four_way_calls, flags_saved, checksum_and_copy,
};

u32 run_kernel(u32 number, u32 rounds)
{
	u32 i;
	for (i = 0; i < sizeof buffer; ++i) buffer[i] = (u8)(i * 7); /* not what another one left */
	return kernels[number](rounds);
}

#ifdef __i386__ /* as a process */

static long system_call(long number, long a, long b, long c)
{
	long result;
	__asm__ volatile("int $0x80" : "=a"(result) : "0"(number), "b"(a), "c"(b), "d"(c) : "memory");
	return result;
}

static u64 cpu_nanoseconds(void)
{
	long time[2];
	system_call(265, 2, (long)time, 0); /* clock_gettime(CLOCK_PROCESS_CPUTIME_ID) */
	return (u64)(u32)time[0] * 1000000000u + (u32)time[1];
}

static u32 number_of(const char *text)
{
	u32 value = 0;
	while (*text) value = value * 10 + (u32)(*text++ - '0');
	return value;
}

/* argv: a kernel's number, rounds. Writes three numbers of 32 bits: the checksum, and the time in nanoseconds, low half first. */
__attribute__((used)) void process(int count, char **words)
{
	u32 answer[3];
	if (count == 3) {
		u64 start = cpu_nanoseconds();
		answer[0] = run_kernel(number_of(words[1]), number_of(words[2]));
		start = cpu_nanoseconds() - start;
		answer[1] = (u32)start;
		answer[2] = (u32)(start >> 32);
		system_call(4, 1, (long)answer, sizeof answer);
	}
	system_call(1, count != 3, 0, 0);
}

__asm__(".globl _start\n_start:\n\tmov %esp, %eax\n\tlea 4(%eax), %edx\n\tand $-16, %esp\n\tsub $8, %esp\n\tpush %edx\n\t"
	"pushl (%eax)\n\tcall process\n");
#endif
