/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ir/layout.h"

#include "proto/session.h"

uint32_t ir_value_bytes(enum ir_type type, uint32_t bound)
{
	return type == IR_STR ? (bound + 7) & ~7u : 8;
}

uint32_t ir_key_offset(const struct ir_global *g, uint32_t i)
{
	uint32_t n, at = 0;

	for (n = 0; n < i; n++)
		at += ir_value_bytes(g->key_type[n], g->key_bound[n]);
	return at;
}

uint32_t ir_key_bytes(const struct ir_global *g)
{
	return ir_key_offset(g, g->n_keys);
}

uint32_t ir_stat_bytes(const struct ir_stat *s)
{
	return (uint32_t)(sizeof(struct stat_value) +
			  hist_buckets(&s->hist) * sizeof(int64_t));
}

uint32_t ir_map_value_bytes(const struct ir_global *g)
{
	if (g->type == IR_STAT)
		return (uint32_t)offsetof(struct map_value, num) +
		       ir_stat_bytes(&g->stat);
	return (uint32_t)offsetof(struct map_value, num) +
	       ir_value_bytes(g->type, g->bound);
}

/* The global an instruction touches, or NULL. */
static const struct ir_global *insn_global(const struct ir_prog *p,
					   const struct ir_fn *f,
					   const struct ir_insn *in,
					   uint32_t *id)
{
	switch (ir_op_info(in->op)->imm) {
	case 'G':
		*id = (uint32_t)in->imm;
		return &p->globals.at[*id];
	case 'L':
		*id = f->iters.at[in->imm].global;
		return &p->globals.at[*id];
	default:
		return NULL;
	}
}

/* Mark what is reached from a function: callees in reached, globals in used
 * (which may be NULL). Iterative, since calls may be recursive. */
static void mark_reached(const struct ir_prog *p, uint32_t root, bool *reached,
			 bool *used, struct arena *arena)
{
	VEC(uint32_t) todo = { 0 };

	if (reached[root])
		return;
	reached[root] = true;
	vec_push(arena, &todo, root);
	while (todo.len) {
		const struct ir_fn *f = p->fns.at[todo.at[--todo.len]];
		const struct ir_block *b;
		const struct ir_insn *in;
		uint32_t id;

		vec_foreach(b, &f->blocks) {
			vec_foreach(in, &b->insns) {
				if (used && insn_global(p, f, in, &id))
					used[id] = true;
				if (in->op != IR_OP_CALL ||
				    reached[in->imm])
					continue;
				reached[in->imm] = true;
				vec_push(arena, &todo, (uint32_t)in->imm);
			}
		}
	}
}

/* Mark what user space calls for a kernel function. */
static void mark_later(struct ir_layout *l, const struct ir_prog *p,
		       const struct ir_fn *f, struct arena *arena)
{
	const struct ir_block *b;
	const struct ir_insn *in;

	vec_foreach(b, &f->blocks) {
		vec_foreach(in, &b->insns) {
			if (in->op != IR_OP_LATER)
				continue;
			l->later_fn[in->imm] = true;
			mark_reached(p, (uint32_t)in->imm, l->user_fn, NULL,
				     arena);
		}
	}
}

/* Raise the record bounds of the formats that a kernel function prints. */
static void collect_bounds(struct ir_layout *l, const struct ir_fn *f,
			   struct arena *arena)
{
	const struct ir_block *b;
	const struct ir_insn *in;
	uint16_t i;

	vec_foreach(b, &f->blocks) {
		vec_foreach(in, &b->insns) {
			uint32_t **bounds;

			if (in->op != IR_OP_PRINT)
				continue;
			bounds = &l->record_bound[in->imm];
			if (!*bounds)
				*bounds = arena_array(arena, uint32_t,
						      in->n_args);
			for (i = 0; i < in->n_args; i++) {
				uint32_t bound = f->regs.at[in->args[i]].bound;

				if ((*bounds)[i] < bound)
					(*bounds)[i] = bound;
			}
		}
	}
}

void ir_layout_init(struct ir_layout *l, const struct ir_prog *p,
		    struct arena *arena)
{
	const struct ir_probe *pr;
	uint32_t i;

	*l = (struct ir_layout){
		.kernel_fn = arena_array(arena, bool, p->fns.len),
		.user_fn = arena_array(arena, bool, p->fns.len),
		.later_fn = arena_array(arena, bool, p->fns.len),
		.shared = arena_array(arena, bool, p->globals.len),
		.offset = arena_array(arena, uint32_t, p->globals.len),
		.record_bound = arena_array(arena, uint32_t *, p->formats.len),
		.size = sizeof(struct session_data),
	};
	vec_foreach(pr, &p->probes) {
		bool kernel = attach_kind_where[pr->attach] == ATTACH_IN_KERNEL;

		l->any_kernel |= kernel;
		mark_reached(p, pr->fn, kernel ? l->kernel_fn : l->user_fn,
			     kernel ? l->shared : NULL, arena);
	}
	for (i = 0; i < p->globals.len; i++) {
		const struct ir_global *g = &p->globals.at[i];

		if (!l->shared[i] || g->kind != IR_SCALAR ||
		    g->type == IR_STAT)
			continue;
		l->offset[i] = l->size;
		l->size += ir_value_bytes(g->type, g->bound);
	}
	for (i = 0; i < p->fns.len; i++) {
		if (!l->kernel_fn[i])
			continue;
		collect_bounds(l, p->fns.at[i], arena);
		mark_later(l, p, p->fns.at[i], arena);
	}
}
