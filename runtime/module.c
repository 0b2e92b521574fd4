/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loading and unloading: the session's memory, then the transport, by which it
 * is started and stopped. */
#include "session.h"
#include "transport.h"

#include <linux/init.h>
#include <linux/module.h>

static const struct sp_transport_ops ops = {
	.start = sp_session_start,
	.stop = sp_session_stop,
};

static int __init sp_module_init(void)
{
	int rc = sp_session_init();

	if (rc)
		return rc;
	rc = sp_transport_init(&ops);
	if (rc)
		sp_session_exit();
	return rc;
}

static void __exit sp_module_exit(void)
{
	sp_transport_exit();
	sp_session_exit();
}

module_init(sp_module_init);
module_exit(sp_module_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("systemtap-generated probe");
