/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a module tells insmod and the kernel about itself. Loading: modutils 2.4 reads .modinfo and __ksymtab. */
#pragma once
#include <asm/atomic.h>
#include <linux/types.h>

#define MODULE_INFO_TEXT __attribute__((section(".modinfo"), used))

static const char __module_kernel_version[] MODULE_INFO_TEXT = "kernel_version=" UTS_RELEASE;

#define MODULE_AUTHOR(text) static const char __module_author[] MODULE_INFO_TEXT = "author=" text
#define MODULE_DESCRIPTION(text) static const char __module_description[] MODULE_INFO_TEXT = "description=" text
#define MODULE_LICENSE(text) static const char __module_license[] MODULE_INFO_TEXT = "license=" text

/* type: an optional range "1-4", then one of b h i l s, or cN for an array of N characters. insmod writes the variable
   where the compiler cannot see it: by its alias the variable, static or global, is in use. */
#define MODULE_PARM(name, type)                                                          \
    static __typeof__(name) __module_parm_at_##name __attribute__((alias(#name), used)); \
    const char __module_parm_##name[] MODULE_INFO_TEXT = "parm_" #name "=" type
#define MODULE_PARM_DESC(name, text) const char __module_parm_desc_##name[] MODULE_INFO_TEXT = "parm_desc_" #name "=" text

/* A module that exports something exports only what it names here. */
#define EXPORT_SYMBOL(name)                                                                                  \
    static const char __kstrtab_##name[] __attribute__((section(".kstrtab"))) = #name;                       \
    const struct module_symbol __ksymtab_##name __attribute__((section("__ksymtab"), used)) = {              \
        (unsigned long)&name, __kstrtab_##name}
#define EXPORT_NO_SYMBOLS __asm__(".section __ksymtab\n\t.previous")

extern struct module __this_module; /* insmod makes it: the header at the module's start */
#define THIS_MODULE (&__this_module)

#define MOD_RUNNING 1
#define MOD_DELETED 2
#define MOD_AUTOCLEAN 4
#define MOD_VISITED 8
#define MOD_USED_ONCE 16

#define MOD_INC_USE_COUNT                                        \
    do {                                                         \
        atomic_inc(&__this_module.uc.usecount);                  \
        __this_module.flags |= MOD_VISITED | MOD_USED_ONCE;      \
    } while (0)
#define MOD_DEC_USE_COUNT                                        \
    do {                                                         \
        atomic_dec(&__this_module.uc.usecount);                  \
        __this_module.flags |= MOD_VISITED;                      \
    } while (0)
#define MOD_IN_USE (atomic_read(&__this_module.uc.usecount) != 0)

#define SET_MODULE_OWNER(object) ((object)->owner = THIS_MODULE)
