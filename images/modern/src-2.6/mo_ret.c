// SPDX-License-Identifier: GPL-2.0-or-later
// Returns what its parameter says; can wait, and has an array and a string to set.
#include "module.h"

static int ret, delay_ms;
static char *text = "none";
module_param(ret, int, 0444);
module_param(delay_ms, int, 0444);
module_param(text, charp, 0444);

static int __init start(void)
{
	pr_info("mo_ret: init ret=%d text=%s\n", ret, text);
	if (delay_ms)
		msleep(delay_ms);
	return ret;
}

static void __exit stop(void)
{
	pr_info("mo_ret: exit\n");
}

module_init(start);
module_exit(stop);
MODULE_LICENSE("GPL");
