// SPDX-License-Identifier: GPL-2.0-or-later
// Prints where members of struct module lie, as the profile it is built for has them.
#include "module.h"

struct place {
	const char *name;
	size_t offset, size;
};
static const struct place places[] __attribute__((__section__(".init.rodata"))) = {RETROMOD_MEMBERS};

static int __init start(void)
{
	pr_info("mo_offs: sizeof=%zu\n", (size_t)RETROMOD_MODULE_BYTES);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		pr_info("mo_offs: %s=%zu+%zu\n", places[i].name, places[i].offset, places[i].size);
	return 0;
}

static void __exit stop(void) {}

module_init(start);
module_exit(stop);
MODULE_LICENSE("GPL");
