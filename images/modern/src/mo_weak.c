// SPDX-License-Identifier: GPL-2.0-or-later
// Says whether a symbol that need not be there is.
#include "module.h"

int mo_plain(void) __attribute__((__weak__));

static int __init start(void)
{
	pr_info("mo_weak: %s\n", mo_plain ? "bound" : "null");
	return 0;
}

static void __exit stop(void) {}

module_init(start);
module_exit(stop);
MODULE_LICENSE("GPL");
