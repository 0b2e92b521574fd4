/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel.trace: tracepoints by name (s0), of the kernel and of modules that are
 * loaded; a module stays while one of its tracepoints is in use.
 *
 * A tracepoint calls us with its arguments as it would call a function of its
 * own prototype. The functions here take as many words as a tracepoint may have
 * arguments: those behind its own are whatever the registers and the stack hold,
 * and nobody asks for them. Narrow arguments have no meaning above their width.
 */
#include "compat.h"
#include "core.h"

#include <linux/module.h>
#include <linux/slab.h>
#include <linux/tracepoint.h>

#define MAX_ARGS 12

struct tp {
	struct sp_probe *probe;
	struct tracepoint *point;
	struct module *owner; /* NULL: the kernel */
	struct tp *next;
};

static struct tp *tracepoints_on;

static void on_tracepoint(void *data, unsigned long a0, unsigned long a1,
		   unsigned long a2, unsigned long a3, unsigned long a4,
		   unsigned long a5, unsigned long a6, unsigned long a7,
		   unsigned long a8, unsigned long a9, unsigned long a10,
		   unsigned long a11)
{
	struct tp *t = data;
	unsigned long args[MAX_ARGS] = { a0, a1, a2, a3, a4, a5,
					 a6, a7, a8, a9, a10, a11 };
	struct sp_hit hit = { .args = args, .n_args = MAX_ARGS };

	sp_probe_hit(t->probe, &hit);
}

/* --- finding --- */

struct search {
	const char *name;
	struct tracepoint *found;
	struct module *owner;
};

static void look_at_point(struct tracepoint *point, void *data)
{
	struct search *s = data;

	if (!s->found && !strcmp(point->name, s->name))
		s->found = point;
}

#ifdef CONFIG_MODULES
struct module_search {
	struct notifier_block block;
	struct search *search;
};

/* Called for each loaded module when we register, and again when we leave. */
static int look_in_module(struct notifier_block *block, unsigned long action,
			  void *data)
{
	struct search *s =
		container_of(block, struct module_search, block)->search;
	struct module *m = ((struct tp_module *)data)->mod;
	int i;

	if (action != MODULE_STATE_COMING || s->found)
		return NOTIFY_OK;
	for (i = 0; i < m->num_tracepoints && !s->found; i++)
		look_at_point(sp_module_tracepoint(m, i), s);
	if (s->found && try_module_get(m))
		s->owner = m;
	else
		s->found = NULL;
	return NOTIFY_OK;
}

static void look_in_modules(struct search *s)
{
	struct module_search ms = { .block.notifier_call = look_in_module,
				    .search = s };

	if (!register_tracepoint_module_notifier(&ms.block))
		unregister_tracepoint_module_notifier(&ms.block);
}
#else
static void look_in_modules(struct search *s)
{
}
#endif

/* --- attaching --- */

int sp_tracepoint_attach(struct sp_probe *p)
{
	struct search s = { .name = p->s0 };
	struct tp *t = kzalloc(sizeof(*t), GFP_KERNEL);
	int rc = t ? 0 : -ENOMEM;

	if (!rc) {
		for_each_kernel_tracepoint(look_at_point, &s);
		if (!s.found)
			look_in_modules(&s);
		rc = s.found ? 0 : -ENOENT;
	}
	if (!rc) {
		t->probe = p;
		t->point = s.found;
		t->owner = s.owner;
		rc = tracepoint_probe_register(s.found, (void *)on_tracepoint,
					       t);
	}
	if (rc) {
		module_put(s.owner);
		kfree(t);
		sp_error("probe %s registration error (rc %d)", p->point, rc);
		return rc;
	}
	t->next = tracepoints_on;
	tracepoints_on = t;
	p->state = t;
	return 0;
}

/* The first of them takes all away: one wait for hits that are under way. */
void sp_tracepoint_detach(struct sp_probe *p)
{
	struct tp *t;

	for (t = tracepoints_on; t; t = t->next)
		tracepoint_probe_unregister(t->point, (void *)on_tracepoint,
					    t);
	if (tracepoints_on)
		tracepoint_synchronize_unregister();
	for (t = tracepoints_on; t; t = t->next)
		module_put(t->owner);
	tracepoints_on = NULL;
	kfree(p->state);
	p->state = NULL;
}
