/* SPDX-License-Identifier: GPL-2.0-or-later */
/* User memory: an access that faults is looked up in __ex_table and continues in .fixup. */
#pragma once
#include <asm/current.h>
#include <linux/errno.h>

/* User addresses have the top bit clear; thread.current_ds's is clear for kernel tasks. */
static inline int access_ok(const void *address, unsigned long size)
{
    const unsigned long start = (unsigned long)address;
    return (long)(current->thread.current_ds.seg & (start | (start + size) | size)) >= 0;
}

#define user_load_(value, pointer, error, instruction)          \
    __asm__ __volatile__("1:\t" instruction " %1,%2\n"          \
                         "2:\n"                                 \
                         ".section .fixup,\"ax\"\n"             \
                         "\t.align 2\n"                        \
                         "3:\tli %0,%3\n"                       \
                         "\tmove %1,$0\n"                       \
                         "\tj 2b\n"                             \
                         ".previous\n"                          \
                         ".section __ex_table,\"a\"\n"          \
                         "\t.word 1b,3b\n"                      \
                         ".previous"                            \
                         : "=r"(error), "=r"(value)             \
                         : "m"(*(pointer)), "i"(-EFAULT), "0"(error))

/* __get_user reads inline and leaves the check of the address to the caller. */
#define __get_user(value, pointer)                                        \
    ({                                                                    \
        int error_ = 0;                                                   \
        unsigned long value_ = 0;                                         \
        switch (sizeof(*(pointer))) {                                     \
        case 1: user_load_(value_, pointer, error_, "lb"); break;         \
        case 2: user_load_(value_, pointer, error_, "lh"); break;         \
        default: user_load_(value_, pointer, error_, "lw");               \
        }                                                                 \
        (value) = (__typeof__(*(pointer)))value_;                         \
        error_;                                                           \
    })

#define user_store_(value, pointer, error, instruction)         \
    __asm__ __volatile__("1:\t" instruction " %1,%2\n"          \
                         "2:\n"                                 \
                         ".section .fixup,\"ax\"\n"             \
                         "\t.align 2\n"                        \
                         "3:\tli %0,%3\n"                       \
                         "\tj 2b\n"                             \
                         ".previous\n"                          \
                         ".section __ex_table,\"a\"\n"          \
                         "\t.word 1b,3b\n"                      \
                         ".previous"                            \
                         : "=r"(error)                          \
                         : "r"(value), "m"(*(pointer)), "i"(-EFAULT), "0"(error) \
                         : "memory")

#define __put_user(value, pointer)                                        \
    ({                                                                    \
        int error_ = 0;                                                   \
        const unsigned long value_ = (unsigned long)(value);              \
        switch (sizeof(*(pointer))) {                                     \
        case 1: user_store_(value_, pointer, error_, "sb"); break;        \
        case 2: user_store_(value_, pointer, error_, "sh"); break;        \
        default: user_store_(value_, pointer, error_, "sw");              \
        }                                                                 \
        error_;                                                           \
    })

#define get_user(value, pointer) (access_ok((pointer), sizeof(*(pointer))) ? __get_user(value, pointer) : -EFAULT)
#define put_user(value, pointer) (access_ok((pointer), sizeof(*(pointer))) ? __put_user(value, pointer) : -EFAULT)

/* The kernel's copying routine: to in $4, from in $5, size in $6, which returns what was not copied; $1 is the end of
   what is read, of which the rest is zeroed in the destination when user memory is the source. */
static inline unsigned long copy_user_(void *to, const void *from, unsigned long size)
{
    register void *to_ __asm__("$4") = to;
    register const void *from_ __asm__("$5") = from;
    register unsigned long size_ __asm__("$6") = size;
    __asm__ __volatile__(".set push\n"
                         "\t.set noreorder\n"
                         "\t.set noat\n"
                         "\tlui $2,%%hi(__copy_user)\n"
                         "\taddiu $2,$2,%%lo(__copy_user)\n"
                         "\tjalr $2\n"
                         "\taddu $1,$5,$6\n"
                         "\t.set pop"
                         : "+r"(to_), "+r"(from_), "+r"(size_)
                         :
                         : "$2", "$3", "$8", "$9", "$10", "$11", "$12", "$13", "$14", "$15", "$24", "$25", "$31", "memory");
    return size_;
}

static inline unsigned long copy_to_user(void *to, const void *from, unsigned long size)
{
    return access_ok(to, size) ? copy_user_(to, from, size) : size;
}

static inline unsigned long copy_from_user(void *to, const void *from, unsigned long size)
{
    return access_ok(from, size) ? copy_user_(to, from, size) : size;
}
