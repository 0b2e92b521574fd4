/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * process.*: uprobes at file offset n0 of the program or library s0; n1 is the
 * offset of a counter in it that the kernel raises while we are attached, or 0.
 */
#include "compat.h"
#include "core.h"

#include <linux/fs.h>
#include <linux/namei.h>
#include <linux/path.h>
#include <linux/slab.h>
#include <linux/uprobes.h>

struct up {
	struct uprobe_consumer consumer;
	struct sp_probe *probe;
	struct path path;
	struct inode *inode;
	struct uprobe *uprobe; /* what newer kernels name it by */
	struct up *next;
};

static struct up *uprobes_on;

static int on_uprobe(struct uprobe_consumer *self,
		    struct pt_regs *regs SP_UPROBE_DATA)
{
	struct up *u = container_of(self, struct up, consumer);
	struct sp_hit hit = { .regs = regs };

	sp_probe_hit(u->probe, &hit);
	return 0;
}

static int on_uretprobe(struct uprobe_consumer *self, unsigned long func,
		     struct pt_regs *regs SP_UPROBE_DATA)
{
	struct up *u = container_of(self, struct up, consumer);
	struct sp_hit hit = { .regs = regs,
			      .result = regs_return_value(regs) };

	sp_probe_hit(u->probe, &hit);
	return 0;
}

int sp_uprobe_attach(struct sp_probe *p)
{
	struct up *u = kzalloc(sizeof(*u), GFP_KERNEL);
	int rc = u ? kern_path(p->s0, LOOKUP_FOLLOW, &u->path) : -ENOMEM;

	if (!rc) {
		u->probe = p;
		u->inode = d_real_inode(u->path.dentry);
		if (p->kind == SP_URETPROBE)
			u->consumer.ret_handler = on_uretprobe;
		else
			u->consumer.handler = on_uprobe;
		rc = sp_uprobe_register(u->inode, p->n0, p->n1, &u->consumer,
					&u->uprobe);
		if (rc)
			path_put(&u->path);
	}
	if (rc) {
		kfree(u);
		sp_error("probe %s registration error (rc %d)", p->point, rc);
		return rc;
	}
	u->next = uprobes_on;
	uprobes_on = u;
	p->state = u;
	return 0;
}

/* The first of them takes all away: one wait for hits that are under way. */
void sp_uprobe_detach(struct sp_probe *p)
{
	struct up *u;

	for (u = uprobes_on; u; u = u->next)
		sp_uprobe_unregister(u->inode, u->probe->n0, &u->consumer,
				     u->uprobe);
	if (uprobes_on)
		sp_uprobe_sync();
	for (u = uprobes_on; u; u = u->next)
		path_put(&u->path);
	uprobes_on = NULL;
	kfree(p->state);
	p->state = NULL;
}
