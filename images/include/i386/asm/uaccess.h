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

/* get_user calls the kernel: address in eax; out comes the error in eax, the value in edx. */
#define get_user(value, pointer)                                                                            \
    ({                                                                                                      \
        int error_;                                                                                         \
        unsigned long value_;                                                                               \
        switch (sizeof(*(pointer))) {                                                                       \
        case 1: __asm__ __volatile__("call __get_user_1" : "=a"(error_), "=d"(value_) : "0"(pointer)); break; \
        case 2: __asm__ __volatile__("call __get_user_2" : "=a"(error_), "=d"(value_) : "0"(pointer)); break; \
        default: __asm__ __volatile__("call __get_user_4" : "=a"(error_), "=d"(value_) : "0"(pointer));     \
        }                                                                                                   \
        (value) = (__typeof__(*(pointer)))value_;                                                           \
        error_;                                                                                             \
    })

#define user_load_(value, pointer, error, suffix, word, constraint)               \
    __asm__ __volatile__("1:\tmov" suffix " %2,%" word "1\n"                      \
                         "2:\n"                                                   \
                         ".section .fixup,\"ax\"\n"                               \
                         "3:\tmovl %3,%0\n"                                       \
                         "\txor" suffix " %" word "1,%" word "1\n"                \
                         "\tjmp 2b\n"                                             \
                         ".previous\n"                                            \
                         ".section __ex_table,\"a\"\n"                            \
                         "\t.align 4\n"                                           \
                         "\t.long 1b,3b\n"                                        \
                         ".previous"                                              \
                         : "=r"(error), constraint(value)                         \
                         : "m"(*(pointer)), "i"(-EFAULT), "0"(error))

/* __get_user reads inline and leaves the check of the address to the caller. */
#define __get_user(value, pointer)                                                    \
    ({                                                                                \
        int error_ = 0;                                                               \
        unsigned long value_ = 0;                                                     \
        switch (sizeof(*(pointer))) {                                                 \
        case 1: user_load_(value_, pointer, error_, "b", "b", "=q"); break;           \
        case 2: user_load_(value_, pointer, error_, "w", "w", "=r"); break;           \
        default: user_load_(value_, pointer, error_, "l", "", "=r");                  \
        }                                                                             \
        (value) = (__typeof__(*(pointer)))value_;                                     \
        error_;                                                                       \
    })

#define user_store_(value, pointer, error, suffix, word, constraint)              \
    __asm__ __volatile__("1:\tmov" suffix " %" word "1,%2\n"                      \
                         "2:\n"                                                   \
                         ".section .fixup,\"ax\"\n"                               \
                         "3:\tmovl %3,%0\n"                                       \
                         "\tjmp 2b\n"                                             \
                         ".previous\n"                                            \
                         ".section __ex_table,\"a\"\n"                            \
                         "\t.align 4\n"                                           \
                         "\t.long 1b,3b\n"                                        \
                         ".previous"                                              \
                         : "=r"(error)                                            \
                         : constraint(value), "m"(*(pointer)), "i"(-EFAULT), "0"(error) \
                         : "memory")

#define __put_user(value, pointer)                                                    \
    ({                                                                                \
        int error_ = 0;                                                               \
        const unsigned long value_ = (unsigned long)(value);                          \
        switch (sizeof(*(pointer))) {                                                 \
        case 1: user_store_(value_, pointer, error_, "b", "b", "q"); break;           \
        case 2: user_store_(value_, pointer, error_, "w", "w", "r"); break;           \
        default: user_store_(value_, pointer, error_, "l", "", "r");                  \
        }                                                                             \
        error_;                                                                       \
    })

#define put_user(value, pointer) (access_ok((pointer), sizeof(*(pointer))) ? __put_user((value), (pointer)) : -EFAULT)

/* Both return how many bytes were not copied. */
extern unsigned long __generic_copy_to_user(void *to, const void *from, unsigned long size);
extern unsigned long __generic_copy_from_user(void *to, const void *from, unsigned long size);
#define copy_to_user __generic_copy_to_user
#define copy_from_user __generic_copy_from_user
