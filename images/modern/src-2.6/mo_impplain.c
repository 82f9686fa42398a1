// SPDX-License-Identifier: GPL-2.0-or-later
#include "module.h"

int mo_plain(void);

static int __init start(void)
{
	pr_info("mo_impplain: got %d\n", mo_plain());
	return 0;
}
static void __exit stop(void) {}

module_init(start);
module_exit(stop);
MODULE_LICENSE("GPL");
