/* SPDX-License-Identifier: GPL-2.0-or-later */
/* User memory: an access that faults is looked up in __ex_table. An entry is the instruction relative to gp, and an lda
   instruction that is never run: where to go on, which register takes the error and which is zeroed. */
#pragma once
#include <asm/current.h>
#include <linux/errno.h>

/* No bit of a user address is in thread.fs. */
static inline int access_ok(const void *address, unsigned long size)
{
    const unsigned long start = (unsigned long)address;
    return (current->thread.fs.seg & (start | size | (start + size))) == 0;
}

#define user_load_(value, pointer, error, instruction)          \
    __asm__("1:\t" instruction " %0,%2\n"                       \
            "2:\n"                                              \
            ".section __ex_table,\"a\"\n"                       \
            "\t.gprel32 1b\n"                                   \
            "\tlda %0,2b-1b(%1)\n"                              \
            ".previous"                                         \
            : "=r"(value), "=r"(error)                          \
            : "m"(*(pointer)), "1"(error))

/* Bytes and words: what CPUs without such loads need. */
#define user_load_part_(value, pointer, error, extract)         \
    do {                                                        \
        unsigned long at_ = (unsigned long)(pointer);           \
        user_load_(value, (const unsigned long *)(at_ & ~7UL), error, "ldq_u"); \
        __asm__(extract " %0,%1,%0" : "+r"(value) : "r"(at_));  \
    } while (0)

/* __get_user reads inline and leaves the check of the address to the caller. */
#define __get_user(value, pointer)                                              \
    ({                                                                          \
        long error_ = 0;                                                        \
        unsigned long value_ = 0;                                               \
        switch (sizeof(*(pointer))) {                                           \
        case 1: user_load_part_(value_, pointer, error_, "extbl"); break;       \
        case 2: user_load_part_(value_, pointer, error_, "extwl"); break;       \
        case 4: user_load_(value_, (const int *)(pointer), error_, "ldl"); break; \
        default: user_load_(value_, (const long *)(pointer), error_, "ldq");    \
        }                                                                       \
        (value) = (__typeof__(*(pointer)))value_;                               \
        (int)error_;                                                            \
    })

#define user_store_(value, pointer, error, instruction)         \
    __asm__ __volatile__("1:\t" instruction " %2,%1\n"          \
                         "2:\n"                                 \
                         ".section __ex_table,\"a\"\n"          \
                         "\t.gprel32 1b\n"                      \
                         "\tlda $31,2b-1b(%0)\n"                \
                         ".previous"                            \
                         : "=r"(error)                          \
                         : "m"(*(pointer)), "r"(value), "0"(error) \
                         : "memory")

/* Words of four and eight bytes alone: the others take two loads and stores. */
#define __put_user(value, pointer)                                              \
    ({                                                                          \
        long error_ = 0;                                                        \
        const unsigned long value_ = (unsigned long)(value);                    \
        if (sizeof(*(pointer)) == 4) user_store_(value_, (int *)(pointer), error_, "stl"); \
        else user_store_(value_, (long *)(pointer), error_, "stq");             \
        (int)error_;                                                            \
    })

#define get_user(value, pointer) (access_ok((pointer), sizeof(*(pointer))) ? __get_user(value, pointer) : -EFAULT)
#define put_user(value, pointer) (access_ok((pointer), sizeof(*(pointer))) ? __put_user(value, pointer) : -EFAULT)

/* The kernel's copying routine: to in $6, from in $7, size in $0, which returns what was not copied; it returns through
   $28 and keeps all but $1 to $7. */
extern void __copy_user(void);
static inline unsigned long copy_user_(void *to, const void *from, unsigned long size)
{
    register void *to_ __asm__("$6") = to;
    register const void *from_ __asm__("$7") = from;
    register unsigned long size_ __asm__("$0") = size;
    register void (*function)(void) __asm__("$27") = __copy_user;
    __asm__ __volatile__("jsr $28,(%3),__copy_user"
                         : "+r"(size_), "+r"(to_), "+r"(from_), "+r"(function)
                         :
                         : "$1", "$2", "$3", "$4", "$5", "$28", "memory");
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
