// SPDX-License-Identifier: GPL-2.0-or-later
// Exports a symbol that mo_exp exports too.
#include "module.h"

int mo_plain(void);
int mo_plain(void) { return 99; }
EXPORT_SYMBOL(mo_plain);

static int __init start(void)
{
	pr_info("mo_dup: init\n");
	return 0;
}

static void __exit stop(void) {}

module_init(start);
module_exit(stop);
MODULE_LICENSE("GPL");
