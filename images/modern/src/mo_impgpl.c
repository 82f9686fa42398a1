// SPDX-License-Identifier: GPL-2.0-or-later
// Imports mo_gpl from mo_exp and shows what it returns.
#include "module.h"

int mo_gpl(void);

static int __init start(void)
{
	pr_info("mo_impgpl: got %d\n", mo_gpl());
	return 0;
}

static void __exit stop(void) {}

module_init(start);
module_exit(stop);
MODULE_LICENSE("GPL");
