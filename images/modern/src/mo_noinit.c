// SPDX-License-Identifier: GPL-2.0-or-later
// No code, one exported variable.
#include "module.h"

extern int mo_data;
int mo_data = 7;
EXPORT_SYMBOL(mo_data);
MODULE_LICENSE("GPL");
