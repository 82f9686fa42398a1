/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
#include <linux/types.h>

#define atomic_read(value) ((value)->counter)

static inline void atomic_inc(atomic_t *value) { __asm__ __volatile__("incl %0" : "+m"(value->counter)); }
static inline void atomic_dec(atomic_t *value) { __asm__ __volatile__("decl %0" : "+m"(value->counter)); }
