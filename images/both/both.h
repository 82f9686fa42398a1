/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the modules here need, under either ABI: one source, an old-style object for insmod to link and an object that the
   kernel links itself. RETROMOD_MODERN is set for the latter. */
#ifndef RETROMOD_BOTH_H
#define RETROMOD_BOTH_H

#if RETROMOD_MODERN

#include <module.h> /* images/modern/include */
#define INT_PARAMETER(name) module_param(name, int, 0644)
#define TEXT_PARAMETER(name) module_param(name, charp, 0644)
#define HOLD_THIS_MODULE() __module_get(THIS_MODULE)

#else

#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#define pr_info(...) printk(KERN_INFO __VA_ARGS__)
#define INT_PARAMETER(name) MODULE_PARM(name, "i")
#define TEXT_PARAMETER(name) MODULE_PARM(name, "s")
#define HOLD_THIS_MODULE() MOD_INC_USE_COUNT
/* 2.4.11 and later: insmod gives such a name to modules with a GPL licence only. */
#define EXPORT_SYMBOL_GPL(name)                                                                         \
    static const char __kstrtab_##name[] __attribute__((section(".kstrtab"))) = "GPLONLY_" #name;       \
    const struct module_symbol __ksymtab_##name __attribute__((section("__ksymtab"), used)) = {         \
        (unsigned long)&name, __kstrtab_##name}

#endif
#endif
