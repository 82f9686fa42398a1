// SPDX-License-Identifier: GPL-2.0-or-later
// Declares its parameters as modules of 2.4 did.
#include "module.h"

// Not static: nothing here tells the compiler that the kernel sets them.
extern int io[4];
extern char *name;
int io[4] = {1, 2, 3, 4};
char *name = "eth";
MODULE_PARM(io, "2-4i");
MODULE_PARM(name, "s");

static int __init start(void)
{
	pr_info("mo_old: io=%d,%d,%d,%d name=%s\n", io[0], io[1], io[2], io[3], name);
	return 0;
}

static void __exit stop(void) {}

module_init(start);
module_exit(stop);
MODULE_LICENSE("GPL");
