/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls a function that nobody exports, and another. */
#include <both.h>

MODULE_LICENSE("GPL");

extern int nobody_has_this(void);
extern int nor_this(void);

static int __init lacks_init(void) { return nobody_has_this() + nor_this(); }
static void __exit lacks_exit(void) {}

module_init(lacks_init);
module_exit(lacks_exit);
