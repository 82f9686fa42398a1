// SPDX-License-Identifier: GPL-2.0-or-later
// A parameter of every kind, shown at init.
#include "module.h"

static unsigned char p_byte = 1;
static short p_short = 2;
static unsigned short p_ushort = 3;
static int p_int = 4;
static unsigned int p_uint = 5;
static long p_long = 6;
static unsigned long p_ulong = 7;
static unsigned long long p_ullong = 8;
static unsigned int p_hex = 9;
static bool p_bool, p_inv, p_eno;
static int p_bint;
static char *p_charp = "dflt";
static char p_str[8] = "s0";
static int p_arr[4] = {1, 2, 3, 4};
static unsigned int n_arr;
static char *p_sarr[3];
static unsigned int n_sarr;
static int p_arr_nocount[2];
static int p_ro = 10, p_unsafe = 11, hidden = 12, p_level;

static int level_set(const char *value, const struct kernel_param *kp)
{
	(void)kp;
	pr_info("mo_hello: lvl_set(%s)\n", value ? value : "<null>");
	return value && *value == 'E' ? -EXDEV : 0;
}
static const struct kernel_param_ops level_ops = {.flags = KERNEL_PARAM_OPS_FL_NOARG, .set = level_set};

module_param(p_byte, byte, 0644);
module_param(p_short, short, 0644);
module_param(p_ushort, ushort, 0644);
module_param(p_int, int, 0644);
module_param(p_uint, uint, 0644);
module_param(p_long, long, 0644);
module_param(p_ulong, ulong, 0644);
module_param(p_ullong, ullong, 0644);
module_param(p_hex, hexint, 0644);
module_param(p_bool, bool, 0644);
module_param(p_inv, invbool, 0644);
module_param(p_eno, bool_enable_only, 0644);
module_param(p_bint, bint, 0644);
module_param(p_charp, charp, 0644);
module_param_string(p_str, p_str, sizeof(p_str), 0644);
module_param_array(p_arr, int, &n_arr, 0644);
module_param_array(p_sarr, charp, &n_sarr, 0644);
module_param_array(p_arr_nocount, int, NULL, 0444);
module_param(p_ro, int, 0444);
module_param_unsafe(p_unsafe, int, 0644);
module_param_named(seen, hidden, int, 0);
module_param_cb(p_cb, &level_ops, &p_level, 0200);

static const char *shown(const char *text)
{
	return text ? text : "-";
}

static int __init start(void)
{
	pr_info("mo_hello: byte=%u short=%d ushort=%u int=%d uint=%u\n", p_byte, p_short, p_ushort, p_int, p_uint);
	pr_info("mo_hello: long=%ld ulong=%lu ullong=%llu hex=%x\n", p_long, p_ulong, p_ullong, p_hex);
	pr_info("mo_hello: bool=%d inv=%d eno=%d bint=%d\n", p_bool, p_inv, p_eno, p_bint);
	pr_info("mo_hello: charp=[%.40s](%zu) str=[%s]\n", p_charp, p_charp ? strlen(p_charp) : 0, p_str);
	pr_info("mo_hello: arr=%d,%d,%d,%d n=%u sarr=%s,%s,%s n=%u nc=%d,%d\n", p_arr[0], p_arr[1], p_arr[2], p_arr[3],
		n_arr, shown(p_sarr[0]), shown(p_sarr[1]), shown(p_sarr[2]), n_sarr, p_arr_nocount[0], p_arr_nocount[1]);
	pr_info("mo_hello: ro=%d unsafe=%d seen=%d\n", p_ro, p_unsafe, hidden);
	return 0;
}

static void __exit stop(void)
{
	pr_info("mo_hello: bye\n");
}

module_init(start);
module_exit(stop);
MODULE_LICENSE("GPL");
