/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel.data: the processors' debug registers watch n1 bytes at the symbol s0
 * or the address n0; n2 is 1 for writes, 3 for reads too.
 */
#include "compat.h"
#include "core.h"

#include <linux/hw_breakpoint.h>
#include <linux/kprobes.h>
#include <linux/perf_event.h>

typedef unsigned long (*lookup_fn)(const char *name);

/* The kernel's own look-up, which it does not export: a kprobe finds it. */
static lookup_fn find_lookup(void)
{
	struct kprobe kp = { .symbol_name = "kallsyms_lookup_name" };
	unsigned long at;

	if (register_kprobe(&kp))
		return NULL;
	at = (unsigned long)kp.addr;
	unregister_kprobe(&kp);
	return (lookup_fn)sp_function_start(at);
}

static unsigned long address_of(const struct sp_probe *p)
{
	lookup_fn lookup = p->s0 ? find_lookup() : NULL;

	if (!p->s0)
		return p->n0;
	return lookup ? lookup(p->s0) : 0;
}

static void on_access(struct perf_event *event, struct perf_sample_data *data,
		      struct pt_regs *regs)
{
	struct sp_hit hit = { .regs = regs };

	sp_probe_hit(event->overflow_handler_context, &hit);
}

int sp_watch_attach(struct sp_probe *p)
{
	struct perf_event * __percpu *events;
	struct perf_event_attr attr;
	int rc = -ENOENT;

	hw_breakpoint_init(&attr);
	attr.bp_addr = address_of(p);
	attr.bp_len = p->n1;
	attr.bp_type = p->n2 & 2 ? HW_BREAKPOINT_RW : HW_BREAKPOINT_W;
	if (attr.bp_addr) {
		events = register_wide_hw_breakpoint(&attr, on_access, p);
		rc = IS_ERR((void __force *)events) ?
			     PTR_ERR((void __force *)events) : 0;
	}
	if (rc) {
		sp_error("probe %s registration error (rc %d)", p->point, rc);
		return rc;
	}
	p->state = (void __force *)events;
	return 0;
}

void sp_watch_detach(struct sp_probe *p)
{
	unregister_wide_hw_breakpoint(
		(struct perf_event * __percpu __force *)p->state);
	p->state = NULL;
}
