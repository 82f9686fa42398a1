// SPDX-License-Identifier: GPL-2.0-or-later
#include "module.h"

int mo_plain(void);
int mo_plain(void) { return 41; }
EXPORT_SYMBOL(mo_plain);

static int __init start(void) { return 0; }
static void __exit stop(void) {}

module_init(start);
module_exit(stop);
MODULE_LICENSE("GPL");
