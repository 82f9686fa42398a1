/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
#include <linux/types.h>

#define GFP_ATOMIC 0x20
#define GFP_KERNEL 0x1f0

extern void *kmalloc(size_t size, int flags);
extern void kfree(const void *memory);
