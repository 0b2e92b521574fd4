/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The smallest runtime: prints what the script has when it is loaded. */
#include <linux/module.h>
#include <linux/kernel.h>

#include "api.h"

static int __init smallest_init(void)
{
	pr_info("spile: %s %d\n", sp_text, sp_value(41));
	return 0;
}

static void __exit smallest_exit(void)
{
	pr_info("spile: out\n");
}

module_init(smallest_init);
module_exit(smallest_exit);
MODULE_LICENSE("GPL");
