/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The transport as a whole: its folder in /proc, and waking.
 *
 * Writers run where nothing may be woken, so they raise an irq_work, whose
 * handler runs in an interrupt a moment later.
 */
#include "transport_internal.h"

#include <linux/errno.h>
#include <linux/irq_work.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/namei.h>
#include <linux/path.h>
#include <linux/proc_fs.h>

#define PARENT "systemtap"

static int _stp_bufsize;
module_param(_stp_bufsize, int, 0);
MODULE_PARM_DESC(_stp_bufsize, "trace buffer of each CPU in MiB (0: 1 to 4)");

static struct irq_work wake_work;
static struct proc_dir_entry *folder;

static void wake_readers(struct irq_work *work)
{
	sp_out_wake();
	sp_control_wake();
}

void sp_transport_kick(void)
{
	irq_work_queue(&wake_work);
}

/* Making a folder of /proc that exists makes the kernel warn; all modules share
 * the parent, which stays when they go. */
static int make_folder(void)
{
	char name[sizeof(PARENT) + 1 + MODULE_NAME_LEN];
	struct path path;

	if (!kern_path("/proc/" PARENT, LOOKUP_DIRECTORY, &path))
		path_put(&path);
	else
		proc_mkdir(PARENT, NULL);
	snprintf(name, sizeof(name), PARENT "/%s", THIS_MODULE->name);
	folder = proc_mkdir(name, NULL);
	return folder ? 0 : -ENOMEM;
}

int sp_transport_init(const struct sp_transport_ops *ops)
{
	int rc;

	if (_stp_bufsize < 0)
		return -EINVAL;
	init_irq_work(&wake_work, wake_readers);
	rc = sp_out_init((unsigned int)_stp_bufsize);
	if (rc)
		return rc;
	rc = sp_control_init(ops);
	if (rc)
		goto no_control;
	rc = make_folder();
	if (rc)
		goto no_folder;
	rc = sp_out_make_file(folder);
	if (!rc)
		rc = sp_control_make_file(folder);
	if (!rc)
		return 0;
	proc_remove(folder);
	folder = NULL;
no_folder:
	irq_work_sync(&wake_work);
	sp_control_release();
no_control:
	sp_out_release();
	return rc;
}

struct proc_dir_entry *sp_transport_folder(void)
{
	return folder;
}

void sp_transport_exit(void)
{
	/* Waits for calls in progress; open files keep the module loaded. */
	proc_remove(folder);
	folder = NULL;
	sp_control_stop();
	irq_work_sync(&wake_work);
	sp_control_release();
	sp_out_release();
}
