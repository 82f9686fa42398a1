// SPDX-License-Identifier: GPL-2.0-or-later
// Can be loaded, not removed.
#include "module.h"

static int __init start(void)
{
	pr_info("mo_noexit: init\n");
	return 0;
}

module_init(start);
MODULE_LICENSE("GPL");
