/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all files of the core stand on: scalar types, access to kernel structures by the offsets that the boot link binds,
 * lists, the running task. Source: include/linux of 2.4. */
#pragma once

#define NULL ((void *)0)
typedef __SIZE_TYPE__ size_t;
typedef long ssize_t;
typedef long long loff_t;
typedef unsigned short kdev_t;
typedef unsigned int __u32;
typedef unsigned int uid_t;
typedef long long qsize_t;
typedef unsigned long word;
typedef int (*filldir_t)(void *, const char *, int, loff_t, word, unsigned);

/* Structures that are the same in all releases. */
struct list_head { struct list_head *next, *prev; };
struct qstr { const unsigned char *name; unsigned len, hash; };
struct iovec { void *iov_base; size_t iov_len; };

struct fasync_struct;
struct kiobuf;
struct module;
struct nameidata;
struct poll_table_struct;
struct seq_file;

#include <layout.h>

/* Members of kernel structures: F is the member itself, IN the address of one that is a structure. The pointer must be one to
 * that structure, or to void. */
#define AT(p, s) ({ struct s *object_ = (p); (char *)object_; })
#define F(p, s, m) (*(T__##s##__##m *)(AT(p, s) + (word)OFF__##s##__##m))
#define IN(p, s, m) ((void *)(AT(p, s) + (word)OFF__##s##__##m))
#define HAS(s, m) ((word)HAS__##s##__##m != 0)
#define SIZE(s) ((word)SIZE__##s)
/* The structure that holds a member. */
#define OWNER(p, s, m) ((struct s *)((char *)(p) - (word)OFF__##s##__##m))
/* A member whose length differs between releases. */
#define SIZED(p, s, m) load_sized(AT(p, s) + (word)OFF__##s##__##m, (word)LEN__##s##__##m)
#define SET_SIZED(p, s, m, v) store_sized(AT(p, s) + (word)OFF__##s##__##m, (word)LEN__##s##__##m, v)
/* A kernel variable that modules see, too. */
#define VARIABLE(type, name) (*(type *)VAR__##name)
#define DECLARE_VARIABLE(name) extern char VAR__##name[]

#define PAGE_MASK (~(PAGE_SIZE - 1))
#define current ((struct task_struct *)((word)__builtin_frame_address(0) & ~(THREAD_SIZE - 1)))

/* i386 takes the arguments of some exported functions in registers (emu/exports/conventions). */
#ifdef __i386__
#define FASTCALL __attribute__((regparm(3)))
#else
#define FASTCALL
#endif

static inline word load_sized(const void *at, word bytes)
{
    return bytes == 1 ? *(const unsigned char *)at : bytes == 2 ? *(const unsigned short *)at : *(const unsigned *)at;
}
static inline void store_sized(void *at, word bytes, word value)
{
    if (bytes == 1) *(unsigned char *)at = value;
    else if (bytes == 2) *(unsigned short *)at = value;
    else *(unsigned *)at = value;
}

static inline void list_init(struct list_head *list) { list->next = list->prev = list; }
static inline int list_empty(const struct list_head *list) { return list->next == list; }
static inline void list_add(struct list_head *entry, struct list_head *head)
{
    entry->next = head->next;
    entry->prev = head;
    head->next->prev = entry;
    head->next = entry;
}
static inline void list_add_tail(struct list_head *entry, struct list_head *head) { list_add(entry, head->prev); }
static inline void list_del(struct list_head *entry)
{
    entry->prev->next = entry->next;
    entry->next->prev = entry->prev;
}
static inline void list_del_init(struct list_head *entry)
{
    list_del(entry);
    list_init(entry);
}

static inline int test_bit(int bit, const word *bits) { return *bits >> bit & 1; }
static inline void set_bit(int bit, word *bits) { *bits |= 1UL << bit; }
static inline void clear_bit(int bit, word *bits) { *bits &= ~(1UL << bit); }
static inline int test_and_set_bit(int bit, word *bits)
{
    int old = test_bit(bit, bits);
    set_bit(bit, bits);
    return old;
}
static inline int test_and_clear_bit(int bit, word *bits)
{
    int old = test_bit(bit, bits);
    clear_bit(bit, bits);
    return old;
}

/* Pointers that hold a negative error number. */
static inline void *error_pointer(long error) { return (void *)error; }
static inline int is_error(const void *pointer) { return (word)pointer > (word)-1000; }
static inline long error_of(const void *pointer) { return (long)pointer; }

#define S_IFMT 0170000
#define S_ISLNK(m) (((m) & S_IFMT) == 0120000)
#define S_ISREG(m) (((m) & S_IFMT) == 0100000)
#define S_ISDIR(m) (((m) & S_IFMT) == 0040000)
#define S_ISCHR(m) (((m) & S_IFMT) == 0020000)
#define S_ISBLK(m) (((m) & S_IFMT) == 0060000)
#define S_ISFIFO(m) (((m) & S_IFMT) == 0010000)
#define S_ISSOCK(m) (((m) & S_IFMT) == 0140000)
#define S_IFREG 0100000
#define S_IFDIR 0040000
#define S_IFLNK 0120000

#define MAJOR(dev) ((unsigned)(dev) >> 8 & 0xff)
#define MINOR(dev) ((unsigned)(dev) & 0xff)
