/* SPDX-License-Identifier: GPL-2.0-or-later */
/* User memory: an access that faults is looked up in __ex_table and continues in .fixup. */
#pragma once
#include <asm/current.h>
#include <linux/errno.h>

/* User addresses are a space of their own. */
static inline int access_ok(const void *address, unsigned long size)
{
    const unsigned long start = (unsigned long)address, task_size = 0xf0000000UL;
    return start <= task_size && size <= task_size - start;
}

#define user_load_(value, pointer, error, instruction)        \
    __asm__ __volatile__("1:\t" instruction " (%2),%1\n"      \
        "2:\n"                                                \
        ".section .fixup,\"ax\"\n"                            \
        "\t.align 2\n"                                        \
        "3:\tmoveq %3,%0\n"                                   \
        "\tmoveq #0,%1\n"                                     \
        "\tjra 2b\n"                                          \
        ".previous\n"                                         \
        ".section __ex_table,\"a\"\n"                         \
        "\t.align 2\n"                                        \
        "\t.long 1b,3b\n"                                     \
        ".previous"                                           \
        : "=d"(error), "=d"(value)                            \
        : "a"(pointer), "i"(-EFAULT), "0"(error), "1"(value))

/* __get_user reads inline and leaves the check of the address to the caller. */
#define __get_user(value, pointer)                                        \
    ({                                                                    \
        int error_ = 0;                                                   \
        unsigned long value_ = 0;                                         \
        switch (sizeof(*(pointer))) {                                     \
        case 1: user_load_(value_, pointer, error_, "movesb"); break;        \
        case 2: user_load_(value_, pointer, error_, "movesw"); break;        \
        default: user_load_(value_, pointer, error_, "movesl");              \
        }                                                                 \
        (value) = (__typeof__(*(pointer)))value_;                         \
        error_;                                                           \
    })

#define user_store_(value, pointer, error, instruction)      \
    __asm__ __volatile__("1:\t" instruction " %1,(%2)\n"     \
        "2:\n"                                               \
        ".section .fixup,\"ax\"\n"                           \
        "\t.align 2\n"                                       \
        "3:\tmoveq %3,%0\n"                                  \
        "\tjra 2b\n"                                         \
        ".previous\n"                                        \
        ".section __ex_table,\"a\"\n"                        \
        "\t.align 2\n"                                       \
        "\t.long 1b,3b\n"                                    \
        ".previous"                                          \
        : "=d"(error)                                        \
        : "d"(value), "a"(pointer), "i"(-EFAULT), "0"(error) \
        : "memory")

#define __put_user(value, pointer)                                        \
    ({                                                                    \
        int error_ = 0;                                                   \
        const unsigned long value_ = (unsigned long)(value);              \
        switch (sizeof(*(pointer))) {                                     \
        case 1: user_store_(value_, pointer, error_, "movesb"); break;       \
        case 2: user_store_(value_, pointer, error_, "movesw"); break;       \
        default: user_store_(value_, pointer, error_, "movesl");             \
        }                                                                 \
        error_;                                                           \
    })

#define get_user(value, pointer) (access_ok((pointer), sizeof(*(pointer))) ? __get_user(value, pointer) : -EFAULT)
#define put_user(value, pointer) (access_ok((pointer), sizeof(*(pointer))) ? __put_user(value, pointer) : -EFAULT)

/* Both return how many bytes were not copied. */
extern unsigned long __generic_copy_to_user(void *to, const void *from, unsigned long size);
extern unsigned long __generic_copy_from_user(void *to, const void *from, unsigned long size);
#define copy_to_user __generic_copy_to_user
#define copy_from_user __generic_copy_from_user
