// SPDX-License-Identifier: GPL-2.0-or-later
// An exit function, no init function.
#include "module.h"

static void __exit stop(void)
{
	pr_info("mo_exitonly: exit\n");
}

module_exit(stop);
MODULE_LICENSE("GPL");
