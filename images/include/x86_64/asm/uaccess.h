/* SPDX-License-Identifier: GPL-2.0-or-later */
/* User memory: an access that faults is looked up in __ex_table and continues in .fixup. */
#pragma once
#include <asm/current.h>
#include <linux/errno.h>

static inline int access_ok(const void *address, unsigned long size)
{
    const unsigned long start = (unsigned long)address;
    const unsigned long end = start + size;
    return end >= start && end <= current->addr_limit.seg;
}

/* get_user and put_user call the kernel: address in rax, the value in rdx, the error comes in rax. */
#define get_user_from_(bytes, error, value, pointer) \
    __asm__ __volatile__("call __get_user_" #bytes : "=a"(error), "=d"(value) : "0"(pointer) : "rbx")

#define get_user(value, pointer)                                                    \
    ({                                                                              \
        long error_;                                                                \
        unsigned long value_;                                                       \
        switch (sizeof(*(pointer))) {                                               \
        case 1: get_user_from_(1, error_, value_, pointer); break;                  \
        case 2: get_user_from_(2, error_, value_, pointer); break;                  \
        case 4: get_user_from_(4, error_, value_, pointer); break;                  \
        default: get_user_from_(8, error_, value_, pointer);                        \
        }                                                                           \
        (value) = (__typeof__(*(pointer)))value_;                                   \
        (int)error_;                                                                \
    })

#define user_load_(value, pointer, error, suffix, word)                           \
    __asm__ __volatile__("1:\tmov" suffix " %2,%" word "1\n"                      \
                         "2:\n"                                                   \
                         ".section .fixup,\"ax\"\n"                               \
                         "3:\tmovl %3,%0\n"                                       \
                         "\txorl %k1,%k1\n"                                       \
                         "\tjmp 2b\n"                                             \
                         ".previous\n"                                            \
                         ".section __ex_table,\"a\"\n"                            \
                         "\t.align 8\n"                                           \
                         "\t.quad 1b,3b\n"                                        \
                         ".previous"                                              \
                         : "=r"(error), "=r"(value)                               \
                         : "m"(*(pointer)), "i"(-EFAULT), "0"(error))

/* __get_user reads inline and leaves the check of the address to the caller. */
#define __get_user(value, pointer)                                                    \
    ({                                                                                \
        int error_ = 0;                                                               \
        unsigned long value_ = 0;                                                     \
        switch (sizeof(*(pointer))) {                                                 \
        case 1: user_load_(value_, pointer, error_, "b", "b"); break;                 \
        case 2: user_load_(value_, pointer, error_, "w", "w"); break;                 \
        case 4: user_load_(value_, pointer, error_, "l", "k"); break;                 \
        default: user_load_(value_, pointer, error_, "q", "q");                       \
        }                                                                             \
        (value) = (__typeof__(*(pointer)))value_;                                     \
        error_;                                                                       \
    })

#define user_store_(value, pointer, error, suffix, word)                          \
    __asm__ __volatile__("1:\tmov" suffix " %" word "1,%2\n"                      \
                         "2:\n"                                                   \
                         ".section .fixup,\"ax\"\n"                               \
                         "3:\tmovl %3,%0\n"                                       \
                         "\tjmp 2b\n"                                             \
                         ".previous\n"                                            \
                         ".section __ex_table,\"a\"\n"                            \
                         "\t.align 8\n"                                           \
                         "\t.quad 1b,3b\n"                                        \
                         ".previous"                                              \
                         : "=r"(error)                                            \
                         : "r"(value), "m"(*(pointer)), "i"(-EFAULT), "0"(error)  \
                         : "memory")

#define __put_user(value, pointer)                                                    \
    ({                                                                                \
        int error_ = 0;                                                               \
        const unsigned long value_ = (unsigned long)(value);                          \
        switch (sizeof(*(pointer))) {                                                 \
        case 1: user_store_(value_, pointer, error_, "b", "b"); break;                \
        case 2: user_store_(value_, pointer, error_, "w", "w"); break;                \
        case 4: user_store_(value_, pointer, error_, "l", "k"); break;                \
        default: user_store_(value_, pointer, error_, "q", "q");                      \
        }                                                                             \
        error_;                                                                       \
    })

#define put_user(value, pointer) (access_ok((pointer), sizeof(*(pointer))) ? __put_user((value), (pointer)) : -EFAULT)

/* Both return how many bytes were not copied. */
extern unsigned long copy_to_user(void *to, const void *from, unsigned int size);
extern unsigned long copy_from_user(void *to, const void *from, unsigned int size);
