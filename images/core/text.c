/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Strings and memory. gcc calls memcpy, memset and memcmp for copies of its own. */
#include "text.h"

enum { bulk = 96 }; /* bytes from which a call of the host is cheaper than a loop here */

void *memcpy(void *to, const void *from, size_t bytes)
{
    char *at = to;
    const char *source = from;
    if (bytes >= bulk) {
        kc_memcpy(to, from, bytes);
        return to;
    }
    while (bytes--) *at++ = *source++;
    return to;
}

void *memset(void *to, int value, size_t bytes)
{
    char *at = to;
    if (bytes >= bulk) {
        kc_memset(to, value, bytes);
        return to;
    }
    while (bytes--) *at++ = value;
    return to;
}

int memcmp(const void *left, const void *right, size_t bytes)
{
    const unsigned char *a = left, *b = right;
    for (; bytes--; ++a, ++b)
        if (*a != *b) return *a - *b;
    return 0;
}

size_t strlen(const char *text)
{
    size_t length = 0;
    while (text[length]) ++length;
    return length;
}

int strcmp(const char *left, const char *right)
{
    while (*left && *left == *right) ++left, ++right;
    return (unsigned char)*left - (unsigned char)*right;
}

char *copy_text(const char *text)
{
    size_t bytes = strlen(text) + 1;
    char *copy = kc_kmalloc(bytes);
    if (copy) memcpy(copy, text, bytes);
    return copy;
}

/* Shifts of 64 bits by a variable distance, which gcc calls for on some 32-bit CPUs. */
typedef union {
    unsigned long long whole;
    struct {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        unsigned high, low;
#else
        unsigned low, high;
#endif
    } half;
} wide;

unsigned long long __ashldi3(unsigned long long value, int distance)
{
    wide from = {value}, to = {0};
    if (!distance) return value;
    if (distance >= 32) {
        to.half.high = from.half.low << (distance - 32);
    } else {
        to.half.high = from.half.high << distance | from.half.low >> (32 - distance);
        to.half.low = from.half.low << distance;
    }
    return to.whole;
}

unsigned long long __lshrdi3(unsigned long long value, int distance)
{
    wide from = {value}, to = {0};
    if (!distance) return value;
    if (distance >= 32) {
        to.half.low = from.half.high >> (distance - 32);
    } else {
        to.half.low = from.half.low >> distance | from.half.high << (32 - distance);
        to.half.high = from.half.high >> distance;
    }
    return to.whole;
}

long long __ashrdi3(long long value, int distance)
{
    wide from = {value}, to = {0};
    if (!distance) return value;
    to.half.high = (int)from.half.high >> (distance >= 32 ? 31 : distance);
    if (distance >= 32) to.half.low = (int)from.half.high >> (distance - 32);
    else to.half.low = from.half.low >> distance | from.half.high << (32 - distance);
    return to.whole;
}
