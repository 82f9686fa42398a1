// SPDX-License-Identifier: GPL-2.0-or-later
// Imports mo_nsym from mo_exp and shows what it returns.
#include "module.h"

int mo_nsym(void);

static int __init start(void)
{
	pr_info("mo_impnsym: got %d\n", mo_nsym());
	return 0;
}

static void __exit stop(void) {}

module_init(start);
module_exit(stop);
MODULE_IMPORT_NS(MO_NS);
MODULE_LICENSE("GPL");
