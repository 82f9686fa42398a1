/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RETROMOD_MODERN_LINUX_KERNEL_H
#define RETROMOD_MODERN_LINUX_KERNEL_H
#include <module.h>

#if RETROMOD_2_6
#define KERN_LEVEL(level) "<" level ">"
#else
#define KERN_LEVEL(level) "\001" level
#define printk(...) _printk(__VA_ARGS__)
#endif
#define KERN_ERR KERN_LEVEL("3")
#define KERN_WARNING KERN_LEVEL("4")
#define KERN_NOTICE KERN_LEVEL("5")
#define KERN_INFO KERN_LEVEL("6")
#define KERN_DEBUG KERN_LEVEL("7")
#define pr_err(...) printk(KERN_ERR __VA_ARGS__)
#define pr_warn(...) printk(KERN_WARNING __VA_ARGS__)

#endif
