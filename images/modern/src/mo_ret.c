// SPDX-License-Identifier: GPL-2.0-or-later
// Does at init what its parameters say: waits, takes references to itself, returns `ret`. `ref` takes (+) or drops one.
#include "module.h"

static int ret, delay_ms, hold, exit_ms;

static int ref_set(const char *value, const struct kernel_param *kp)
{
	(void)kp;
	if (*value == '+')
		__module_get(THIS_MODULE);
	else
		module_put(THIS_MODULE);
	return 0;
}
static const struct kernel_param_ops ref_ops = {.set = ref_set};

module_param(ret, int, 0444);
module_param(delay_ms, int, 0444);
module_param(hold, int, 0444);
module_param(exit_ms, int, 0644);
module_param_cb(ref, &ref_ops, NULL, 0200);

static int __init start(void)
{
	for (int taken = 0; taken < hold; taken++)
		__module_get(THIS_MODULE);
	pr_info("mo_ret: init ret=%d\n", ret);
	if (delay_ms)
		msleep(delay_ms);
	return ret;
}

static void __exit stop(void)
{
	if (exit_ms)
		msleep(exit_ms);
	pr_info("mo_ret: exit\n");
}

module_init(start);
module_exit(stop);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Waits, takes references to itself and returns what its parameters say, so that scenarios can see a load "
		   "that is slow, fails, or leaves a module that is held");
