// SPDX-License-Identifier: GPL-2.0-or-later
// Exports one symbol to all, one to GPL modules, one in a namespace; init and exit can be slow, init can fail.
#include "module.h"

int mo_plain(void);
int mo_gpl(void);
int mo_nsym(void);

int mo_plain(void) { return 41; }
int mo_gpl(void) { return 42; }
int mo_nsym(void) { return 43; }
EXPORT_SYMBOL_NS(mo_nsym, MO_NS);
EXPORT_SYMBOL(mo_plain);
EXPORT_SYMBOL_GPL(mo_gpl);

static int ret, delay_ms, exit_ms;
module_param(ret, int, 0);
module_param(delay_ms, int, 0);
module_param(exit_ms, int, 0);

static int __init start(void)
{
	if (delay_ms)
		msleep(delay_ms);
	return ret;
}

static void __exit stop(void)
{
	if (exit_ms)
		msleep(exit_ms);
}

module_init(start);
module_exit(stop);
MODULE_LICENSE("GPL");
