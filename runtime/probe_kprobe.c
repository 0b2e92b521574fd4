/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel.function, module.function, kprobe.*: kprobes and kretprobes, by the
 * symbol s0 (of module s1) plus n0, or at the address n0.
 *
 * Taking a kprobe away waits for all CPUs, so the first detach takes them all
 * away together.
 */
#include "compat.h"
#include "core.h"

#include <linux/kprobes.h>
#include <linux/slab.h>

struct kp {
	struct sp_probe *probe;
	bool is_return;
	union {
		struct kprobe entry;
		struct kretprobe ret;
	};
	char symbol[];
};

/* Those attached; attaching and detaching are one at a time. */
static struct kp **kprobes_on;
static u32 n_kprobes_on;

static int on_kprobe(struct kprobe *entry, struct pt_regs *regs)
{
	struct kp *k = container_of(entry, struct kp, entry);
	struct sp_hit hit = { .regs = regs };

	sp_probe_hit(k->probe, &hit);
	return 0;
}
NOKPROBE_SYMBOL(on_kprobe);

static int on_kretprobe(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct kretprobe *ret = sp_kretprobe_of(ri);
	struct kp *k;
	struct sp_hit hit = { .regs = regs,
			      .result = regs_return_value(regs) };

	/* The probe may have been taken away meanwhile. */
	if (!ret)
		return 0;
	k = container_of(ret, struct kp, ret);
	sp_probe_hit(k->probe, &hit);
	return 0;
}
NOKPROBE_SYMBOL(on_kretprobe);

/* "SYMBOL" or "MODULE:SYMBOL" behind a new struct kp. */
static struct kp *make_kp(struct sp_probe *p)
{
	size_t size = (p->s0 ? strlen(p->s0) : 0) +
		      (p->s1 ? strlen(p->s1) : 0) + 2;
	struct kp *k = kzalloc(sizeof(*k) + size, GFP_KERNEL);
	struct kprobe *kprobe;

	if (!k)
		return NULL;
	k->probe = p;
	k->is_return = p->kind == SP_KRETPROBE;
	kprobe = k->is_return ? &k->ret.kp : &k->entry;
	if (p->s0) {
		snprintf(k->symbol, size, "%s%s%s", p->s1 ? p->s1 : "",
			 p->s1 ? ":" : "", p->s0);
		kprobe->symbol_name = k->symbol;
		kprobe->offset = p->n0;
	} else {
		kprobe->addr = (kprobe_opcode_t *)(unsigned long)p->n0;
	}
	if (k->is_return) {
		k->ret.handler = on_kretprobe;
		k->ret.maxactive = clamp_t(s64, p->n1, 0, 1 << 16);
	} else {
		kprobe->pre_handler = on_kprobe;
	}
	return k;
}

int sp_kprobe_attach(struct sp_probe *p)
{
	struct kp *k;
	int rc;

	if (!kprobes_on)
		kprobes_on = kvcalloc(sp_program.n_probes, sizeof(*kprobes_on),
				      GFP_KERNEL);
	k = kprobes_on ? make_kp(p) : NULL;
	if (!k) {
		sp_error("not enough memory for probe %s", p->point);
		return -ENOMEM;
	}
	rc = k->is_return ? register_kretprobe(&k->ret) :
			    register_kprobe(&k->entry);
	if (rc) {
		/* One function less is no reason to end the session. */
		sp_warn("probe %s registration error (rc %d)", p->point, rc);
		kfree(k);
		return 1;
	}
	p->state = k;
	kprobes_on[n_kprobes_on++] = k;
	return 0;
}

/* Take all of one sort away, with one wait. */
static void take_away(bool is_return, void **list)
{
	u32 i, n = 0;

	for (i = 0; i < n_kprobes_on; i++) {
		if (kprobes_on[i]->is_return != is_return)
			continue;
		list[n++] = is_return ? (void *)&kprobes_on[i]->ret :
					(void *)&kprobes_on[i]->entry;
	}
	if (n && is_return)
		unregister_kretprobes((struct kretprobe **)list, n);
	else if (n)
		unregister_kprobes((struct kprobe **)list, n);
}

static void take_one_away(struct kp *k)
{
	if (k->is_return)
		unregister_kretprobe(&k->ret);
	else
		unregister_kprobe(&k->entry);
}

void sp_kprobe_detach(struct sp_probe *p)
{
	void **list;
	u32 i;

	if (n_kprobes_on) {
		list = kvcalloc(n_kprobes_on, sizeof(*list), GFP_KERNEL);
		if (list) {
			take_away(false, list);
			take_away(true, list);
		} else {
			for (i = 0; i < n_kprobes_on; i++)
				take_one_away(kprobes_on[i]);
		}
		kvfree(list);
		kvfree(kprobes_on);
		kprobes_on = NULL;
		n_kprobes_on = 0;
	}
	kfree(p->state);
	p->state = NULL;
}
