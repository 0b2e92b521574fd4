/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pass: one of functions that are equal.
 *
 * For the BPF runtime only, where probes of one handler share a program.
 *
 * Requires: ir_check(), final bounds. Keeps: what a run shows. Changes: of
 * functions and of handlers of kernel probes that are equal to the last
 * instruction, only the first stays, and calls and probes mean that. A wildcard
 * over system calls makes hundreds.
 */
#include "ir/ir.h"

#include "base/hmap.h"

struct merge {
	struct ir_prog *p;
	struct arena arena;
	uint32_t *same;       /* by function: the one that stays */
	struct hmap seen;     /* content → its id plus 1 */
	struct strbuf text;
};

static void add_number(struct merge *m, uint64_t n)
{
	strbuf_add(&m->text, (const char *)&n, sizeof(n));
}

static void add_insn(struct merge *m, const struct ir_insn *in)
{
	bool calls = ir_op_info(in->op)->imm == 'C';
	unsigned a;

	add_number(m, in->op | (uint64_t)in->n_args << 32);
	add_number(m, in->dst | (uint64_t)in->aux << 32);
	add_number(m, calls ? m->same[in->imm] : (uint64_t)in->imm);
	add_number(m, in->t | (uint64_t)in->e << 32);
	add_number(m, in->loc);
	for (a = 0; a < in->n_args; a++)
		add_number(m, in->args[a]);
}

/* All that a function is, but its name, as bytes. */
static void add_content(struct merge *m, const struct ir_fn *f)
{
	const struct ir_block *b;
	const struct ir_insn *in;
	const struct ir_iter *it;
	const struct ir_var *v;

	strbuf_reset(&m->text);
	add_number(m, f->kind | (uint64_t)f->ret << 32);
	add_number(m, f->n_params | (uint64_t)f->ret_bound << 32);
	add_number(m, f->regs.len | (uint64_t)f->blocks.len << 32);
	vec_foreach(v, &f->regs)
		add_number(m, v->type | (uint64_t)v->bound << 32);
	vec_foreach(it, &f->iters) {
		add_number(m, it->global | (uint64_t)it->column << 32);
		add_number(m, (uint32_t)it->direction |
				      (uint64_t)it->stat << 32);
	}
	vec_foreach(b, &f->blocks) {
		add_number(m, b->insns.len);
		vec_foreach(in, &b->insns)
			add_insn(m, in);
	}
}

/* By function: the handler of a probe that does not run in the kernel. */
static bool *find_user(struct merge *m)
{
	bool *user = arena_array(&m->arena, bool, m->p->fns.len);
	const struct ir_probe *pr;

	vec_foreach(pr, &m->p->probes)
		if (attach_kind_where[pr->attach] != ATTACH_IN_KERNEL)
			user[pr->fn] = true;
	return user;
}

static void find_same(struct merge *m, enum ir_fn_kind kind, const bool *user)
{
	uint32_t i;

	for (i = 0; i < m->p->fns.len; i++) {
		const struct ir_fn *f = m->p->fns.at[i];
		const char *key;
		uintptr_t first;

		if (f->kind != kind || user[i])
			continue;
		add_content(m, f);
		first = (uintptr_t)hmap_get(&m->seen, m->text.buf, m->text.len);
		if (first) {
			m->same[i] = (uint32_t)first - 1;
			continue;
		}
		key = arena_strndup(&m->arena, m->text.buf, m->text.len);
		hmap_put(&m->seen, key, m->text.len,
			 (void *)((uintptr_t)i + 1));
	}
}

/* Take those off the table that another stands for. */
static void renumber(struct merge *m)
{
	struct ir_prog *p = m->p;
	uint32_t *id = arena_array(&m->arena, uint32_t, p->fns.len);
	struct ir_probe *pr;
	struct ir_block *b;
	struct ir_insn *in;
	uint32_t i, n = 0;

	for (i = 0; i < p->fns.len; i++)
		if (m->same[i] == i) {
			id[i] = n;
			p->fns.at[n++] = p->fns.at[i];
		}
	p->fns.len = n;
	vec_foreach(pr, &p->probes)
		pr->fn = id[m->same[pr->fn]];
	for (i = 0; i < n; i++)
		vec_foreach(b, &p->fns.at[i]->blocks)
			vec_foreach(in, &b->insns)
				if (ir_op_info(in->op)->imm == 'C')
					in->imm = id[m->same[in->imm]];
}

int ir_pass_merge(struct ir_prog *p)
{
	struct merge m = { .p = p, .text = STRBUF_INIT };
	const bool *user;
	uint32_t i;

	m.same = arena_array(&m.arena, uint32_t, p->fns.len);
	for (i = 0; i < p->fns.len; i++)
		m.same[i] = i;
	user = find_user(&m);
	find_same(&m, IR_FN_FUNCTION, user);
	find_same(&m, IR_FN_HANDLER, user);
	renumber(&m);
	hmap_release(&m.seen);
	strbuf_release(&m.text);
	arena_release(&m.arena);
	return 0;
}
