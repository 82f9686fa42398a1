/* SPDX-License-Identifier: GPL-2.0-or-later */
/* User memory: an access that faults is looked up in __ex_table and continues in .fixup. */
#pragma once
#include <asm/current.h>
#include <linux/errno.h>

/* Below TASK_SIZE; kernel tasks, which may go further, are not looked for. */
static inline int access_ok(const void *address, unsigned long size)
{
    const unsigned long start = (unsigned long)address, task_size = 0xbf000000UL;
    return start <= task_size && size <= task_size - start;
}

#define user_load_(value, pointer, error, instruction)      \
    __asm__ __volatile__("1:\t" instruction " %1,[%2],#0\n" \
        "2:\n"                                              \
        ".section .fixup,\"ax\"\n"                          \
        "\t.align 2\n"                                      \
        "3:\tmvn %0,%3\n"                                   \
        "\tmov %1,#0\n"                                     \
        "\tb 2b\n"                                          \
        ".previous\n"                                       \
        ".section __ex_table,\"a\"\n"                       \
        "\t.align 2\n"                                      \
        "\t.long 1b,3b\n"                                   \
        ".previous"                                         \
        : "=&r"(error), "=&r"(value)                        \
        : "r"(pointer), "i"(EFAULT - 1), "0"(error))

/* __get_user reads inline and leaves the check of the address to the caller. */
#define __get_user(value, pointer)                                        \
    ({                                                                    \
        int error_ = 0;                                                   \
        unsigned long value_ = 0;                                         \
        switch (sizeof(*(pointer))) {                                     \
        case 1: user_load_(value_, pointer, error_, "ldrbt"); break;        \
        case 2: user_load_(value_, pointer, error_, "ldrbt"); break;        \
        default: user_load_(value_, pointer, error_, "ldrt");              \
        }                                                                 \
        (value) = (__typeof__(*(pointer)))value_;                         \
        error_;                                                           \
    })

#define user_store_(value, pointer, error, instruction)         \
    __asm__ __volatile__("1:\t" instruction " %1,[%2],#0\n"     \
        "2:\n"                                                  \
        ".section .fixup,\"ax\"\n"                              \
        "\t.align 2\n"                                          \
        "3:\tmvn %0,%3\n"                                       \
        "\tb 2b\n"                                              \
        ".previous\n"                                           \
        ".section __ex_table,\"a\"\n"                           \
        "\t.align 2\n"                                          \
        "\t.long 1b,3b\n"                                       \
        ".previous"                                             \
        : "=&r"(error)                                          \
        : "r"(value), "r"(pointer), "i"(EFAULT - 1), "0"(error) \
        : "memory")

#define __put_user(value, pointer)                                        \
    ({                                                                    \
        int error_ = 0;                                                   \
        const unsigned long value_ = (unsigned long)(value);              \
        switch (sizeof(*(pointer))) {                                     \
        case 1: user_store_(value_, pointer, error_, "strbt"); break;       \
        case 2: user_store_(value_, pointer, error_, "strbt"); break;       \
        default: user_store_(value_, pointer, error_, "strt");             \
        }                                                                 \
        error_;                                                           \
    })

#define get_user(value, pointer) (access_ok((pointer), sizeof(*(pointer))) ? __get_user(value, pointer) : -EFAULT)
#define put_user(value, pointer) (access_ok((pointer), sizeof(*(pointer))) ? __put_user(value, pointer) : -EFAULT)

/* Both return how many bytes were not copied. */
extern unsigned long __arch_copy_to_user(void *to, const void *from, unsigned long size);
extern unsigned long __arch_copy_from_user(void *to, const void *from, unsigned long size);
static inline unsigned long copy_to_user(void *to, const void *from, unsigned long size)
{
    return access_ok(to, size) ? __arch_copy_to_user(to, from, size) : size;
}

static inline unsigned long copy_from_user(void *to, const void *from, unsigned long size)
{
    return access_ok(from, size) ? __arch_copy_from_user(to, from, size) : size;
}
