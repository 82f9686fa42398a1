// SPDX-License-Identifier: GPL-2.0-or-later
// Per-CPU data, bss, and data that points to data.
#include "module.h"

static __attribute__((__section__(".data..percpu"))) long mo_counter;
static char mo_bss[300];
extern int mo_word;
int mo_word = 5;
static int *mo_pointer = &mo_word;

static int __init start(void)
{
	long counter;
	asm volatile("incq %%gs:%1\n\tmovq %%gs:%1, %0" : "=r"(counter), "+m"(mo_counter));
	mo_bss[3] = 1;
	asm volatile("" : "+m"(mo_bss), "+m"(mo_pointer));
	pr_info("mo_pcpu: %ld %d\n", counter, *mo_pointer);
	return 0;
}

static void __exit stop(void) {}

module_init(start);
module_exit(stop);
MODULE_LICENSE("GPL");
