/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
#include <linux/linkage.h>
#include <linux/types.h>

#define KERN_ERR "<3>"
#define KERN_WARNING "<4>"
#define KERN_INFO "<6>"
#define KERN_DEBUG "<7>"

asmlinkage int printk(const char *format, ...) __attribute__((format(printf, 1, 2)));
extern int sprintf(char *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define barrier() __asm__ __volatile__("" ::: "memory")
#define array_length(array) (sizeof(array) / sizeof((array)[0]))
