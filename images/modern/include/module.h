/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the base modules need of a kernel since 2.6: our own, for the profiles of emu/abi/modern_rules.h. */
#ifndef RETROMOD_MODERN_MODULE_H
#define RETROMOD_MODERN_MODULE_H

typedef _Bool bool;
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef __SIZE_TYPE__ size_t;
#define NULL ((void *)0)
#define EXDEV 18

#define __init __attribute__((__section__(".init.text"), __cold__))
#define __exit __attribute__((__section__(".exit.text"), __cold__, __no_instrument_function__))
#define __initdata __attribute__((__section__(".init.data")))
#define __exitdata __attribute__((__section__(".exit.data")))
#define __used __attribute__((__used__))

#if RETROMOD_2_6
int printk(const char *format, ...) __attribute__((__format__(__printf__, 1, 2)));
#define pr_info(...) printk("<6>" __VA_ARGS__)
#else
int _printk(const char *format, ...) __attribute__((__format__(__printf__, 1, 2)));
#define pr_info(...) _printk("\001" "6" __VA_ARGS__)
#endif
void msleep(unsigned int milliseconds);
size_t strlen(const char *text);

struct module;
extern struct module __this_module;
#define THIS_MODULE (&__this_module)
#if RETROMOD_2_6
/* A uniprocessor's, inline as in 2.6.17: the count is where the profile has it. */
static inline void __module_get(struct module *module)
{
	++*(int *)((char *)module + RETROMOD_REFCNT);
}
#else
void __module_get(struct module *module);
#endif
void module_put(struct module *module);

#define PASTE_(a, b) a##b
#define PASTE(a, b) PASTE_(a, b)
#define MODULE_INFO(tag, text)                                                                       \
	static const char PASTE(__modinfo_, __COUNTER__)[] __used                                    \
		__attribute__((__section__(".modinfo"), __aligned__(1))) = #tag "=" text
#define MODULE_LICENSE(text) MODULE_INFO(license, text)
#define MODULE_DESCRIPTION(text) MODULE_INFO(description, text)
#define MODULE_IMPORT_NS(ns) MODULE_INFO(import_ns, #ns)

#define module_init(function)                                                                        \
	int init_module(void) __attribute__((__copy__(function), __alias__(#function)));                                 \
	int init_module(void);                                                                       \
	static void *__addressable_init_module __used __initdata = (void *)&init_module
#define module_exit(function)                                                                        \
	void cleanup_module(void) __attribute__((__copy__(function), __alias__(#function)));                             \
	void cleanup_module(void);                                                                   \
	static void *__addressable_cleanup_module __used __exitdata = (void *)&cleanup_module

/* Parameters. */
struct kernel_param;
#if RETROMOD_2_6
struct kernel_param {
	const char *name;
	unsigned int perm;
	int (*set)(const char *val, struct kernel_param *kp);
	int (*get)(char *buffer, struct kernel_param *kp);
	void *arg;
};
int param_set_int(const char *val, struct kernel_param *kp);
int param_get_int(char *buffer, struct kernel_param *kp);
int param_set_charp(const char *val, struct kernel_param *kp);
int param_get_charp(char *buffer, struct kernel_param *kp);
#define module_param(param, type, mode)                                                              \
	static const char __param_str_##param[] = #param;                                            \
	static struct kernel_param const __param_##param __used                                      \
		__attribute__((__section__("__param"), __aligned__(sizeof(void *)))) =               \
		{__param_str_##param, mode, param_set_##type, param_get_##type, (void *)&param};     \
	MODULE_INFO(parmtype, #param ":" #type)
struct obsolete_modparm {
	char name[64];
	char type[64 - sizeof(void *)];
	void *addr;
};
#define MODULE_PARM(variable, text)                                                                  \
	static struct obsolete_modparm __parm_##variable __used                                      \
		__attribute__((__section__("__obsparm"))) = {#variable, text, NULL}
#else
struct kernel_param_ops {
	unsigned int flags;
	int (*set)(const char *val, const struct kernel_param *kp);
	int (*get)(char *buffer, const struct kernel_param *kp);
	void (*free)(void *arg);
};
struct kernel_param {
	const char *name;
	struct module *mod;
	const struct kernel_param_ops *ops;
	const u16 perm;
	signed char level;
	u8 flags;
	void *arg;
};
struct kparam_string {
	unsigned int maxlen;
	char *string;
};
struct kparam_array {
	unsigned int max, elemsize;
	unsigned int *num;
	const struct kernel_param_ops *ops;
	void *elem;
};
#define KERNEL_PARAM_OPS_FL_NOARG 1
extern const struct kernel_param_ops param_ops_byte, param_ops_short, param_ops_ushort, param_ops_int, param_ops_uint,
	param_ops_long, param_ops_ulong, param_ops_ullong, param_ops_hexint, param_ops_charp, param_ops_bool,
	param_ops_bool_enable_only, param_ops_invbool, param_ops_bint, param_ops_string, param_array_ops;

#define PARAMETER(param, operations, argument, mode, unsafe)                                         \
	static const char __param_str_##param[] = #param;                                            \
	static const struct kernel_param __param_##param __used                                      \
		__attribute__((__section__("__param"), __aligned__(sizeof(void *)))) =               \
		{__param_str_##param, THIS_MODULE, operations, mode, -1, unsafe, argument}
#define module_param_cb(param, operations, argument, mode) PARAMETER(param, operations, argument, mode, 0)
#define module_param_named(param, variable, type, mode)                                              \
	PARAMETER(param, &param_ops_##type, (void *)&variable, mode, 0);                             \
	MODULE_INFO(parmtype, #param ":" #type)
#define module_param(param, type, mode) module_param_named(param, param, type, mode)
#define module_param_unsafe(param, type, mode)                                                       \
	PARAMETER(param, &param_ops_##type, (void *)&param, mode, 1);                                \
	MODULE_INFO(parmtype, #param ":" #type)
#define module_param_string(param, text, bytes, mode)                                                \
	static const struct kparam_string __param_string_##param = {bytes, text};                    \
	PARAMETER(param, &param_ops_string, (void *)&__param_string_##param, mode, 0);               \
	MODULE_INFO(parmtype, #param ":string")
#define module_param_array(array, type, count, mode)                                                 \
	static const struct kparam_array __param_arr_##array = {                                     \
		sizeof(array) / sizeof(array[0]), sizeof(array[0]), count, &param_ops_##type, array}; \
	PARAMETER(array, &param_array_ops, (void *)&__param_arr_##array, mode, 0);                   \
	MODULE_INFO(parmtype, #array ":array of " #type)
#endif

#if RETROMOD_2_6
#define EXPORT_IN(table, symbol)                                                                     \
	static const char __kstrtab_##symbol[] __attribute__((__section__("__ksymtab_strings"))) = #symbol; \
	static const struct { unsigned long value; const char *name; } __ksymtab_##symbol __used     \
		__attribute__((__section__(table))) = {(unsigned long)&symbol, __kstrtab_##symbol}
#define EXPORT_SYMBOL(symbol) EXPORT_IN("__ksymtab", symbol)
#define EXPORT_SYMBOL_GPL(symbol) EXPORT_IN("__ksymtab_gpl", symbol)
#else
/* Exports: value, name and namespace as distances from where they stand. The build writes the table of versions. */
#define EXPORT_IN(table, symbol, ns)                                                                 \
	asm("	.pushsection \"__ksymtab_strings\",\"aMS\",%progbits,1\n"                                  \
	    "__kstrtab_" #symbol ":	.asciz \"" #symbol "\"\n"                                       \
	    "__kstrtabns_" #symbol ":	.asciz \"" ns "\"\n"                                           \
	    "	.popsection\n	.pushsection \"" table "\",\"a\"\n	.balign 4\n"                                          \
	    "	.long " #symbol " - ., __kstrtab_" #symbol " - ., __kstrtabns_" #symbol " - .\n"         \
	    "	.popsection\n")
#define EXPORT_SYMBOL(symbol) EXPORT_IN("__ksymtab", symbol, "")
#define EXPORT_SYMBOL_GPL(symbol) EXPORT_IN("__ksymtab_gpl", symbol, "")
#define EXPORT_SYMBOL_NS(symbol, ns) EXPORT_IN("__ksymtab", symbol, #ns)
#endif

#endif
