/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The checker's second half: what holds on every way through a function.
 *
 *   iterations  are closed in the reverse order of opening; each is advanced
 *               and ended only while innermost; ikey and ival need an element
 *   the lock    is not taken twice, and not held at ret and fail
 *   the error   fail and errmsg need one pending
 *
 * Every block gets a state at its start. Two ways into a block must agree about
 * iterations and lock; an element or a pending error is there only if both ways
 * have it. A state only ever loses those, so the work is linear in the text.
 */
#include "ir/ir_check.h"

#include <inttypes.h>
#include <string.h>

#define fail ir_check_fail

/* An open iteration; the flag says that ikey and ival have an element. */
struct open_iter {
	uint32_t id;
	bool element;
};

struct state {
	uint32_t depth;
	bool locked, error;
	struct open_iter open[IR_MAX_NESTING];
};

/* The state at a block's start, kept as small as it is. */
struct entry {
	bool reached, queued, locked, error;
	uint32_t depth;
	struct open_iter *open; /* depth of them */
};

struct flow {
	struct ir_check *c;
	struct arena arena;
	struct entry *entries;
	VEC(uint32_t) queue;
};

static void queue_block(struct flow *w, uint32_t b)
{
	if (w->entries[b].queued)
		return;
	w->entries[b].queued = true;
	vec_push(&w->arena, &w->queue, b);
}

static void first_way(struct flow *w, uint32_t b, const struct state *s)
{
	struct entry *e = &w->entries[b];

	e->reached = true;
	e->locked = s->locked;
	e->error = s->error;
	e->depth = s->depth;
	if (s->depth) {
		size_t size = s->depth * sizeof(s->open[0]);

		e->open = arena_alloc(&w->arena, size);
		memcpy(e->open, s->open, size);
	}
	queue_block(w, b);
}

/* A way from the current instruction into block b. */
static bool way_to(struct flow *w, uint32_t b, const struct state *s)
{
	struct entry *e = &w->entries[b];
	bool changed = false;
	uint32_t i;

	if (!e->reached) {
		first_way(w, b, s);
		return true;
	}
	if (e->locked != s->locked)
		return fail(w->c, "b%" PRIu32 " is entered with and without "
			    "the lock", b);
	if (e->depth != s->depth)
		return fail(w->c, "b%" PRIu32 " is entered with different "
			    "iterations open", b);
	for (i = 0; i < e->depth; i++) {
		if (e->open[i].id != s->open[i].id)
			return fail(w->c, "b%" PRIu32 " is entered with "
				    "different iterations open", b);
		if (e->open[i].element && !s->open[i].element) {
			e->open[i].element = false;
			changed = true;
		}
	}
	if (e->error && !s->error) {
		e->error = false;
		changed = true;
	}
	if (changed)
		queue_block(w, b);
	return true;
}

static bool way_to_err(struct flow *w, uint32_t b, const struct state *s)
{
	struct state then = *s;

	then.error = true;
	return way_to(w, b, &then);
}

/* The iteration of the current instruction, which must be innermost. */
static struct open_iter *innermost(struct flow *w, struct state *s)
{
	if (s->depth && s->open[s->depth - 1].id == (uint32_t)w->c->in->imm)
		return &s->open[s->depth - 1];
	fail(w->c, "i%" PRId64 " is not the innermost open iteration",
	     w->c->in->imm);
	return NULL;
}

static bool open_iteration(struct flow *w, struct state *s)
{
	uint32_t i, id = (uint32_t)w->c->in->imm;

	for (i = 0; i < s->depth; i++)
		if (s->open[i].id == id)
			return fail(w->c, "i%" PRIu32 " is already open", id);
	if (s->depth == IR_MAX_NESTING)
		return fail(w->c, "more than %d iterations are open",
			    IR_MAX_NESTING);
	s->open[s->depth++] = (struct open_iter){ id, false };
	return true;
}

static bool has_element(struct flow *w, const struct state *s)
{
	uint32_t i;

	for (i = 0; i < s->depth; i++)
		if (s->open[i].id == (uint32_t)w->c->in->imm)
			return s->open[i].element ||
			       fail(w->c, "i%" PRIu32 " may have no element",
				    s->open[i].id);
	return fail(w->c, "i%" PRId64 " is not open", w->c->in->imm);
}

static bool flow_next(struct flow *w, struct state *s)
{
	struct open_iter *it = innermost(w, s);

	if (!it)
		return false;
	it->element = true;
	if (!way_to(w, w->c->in->t, s))
		return false;
	it->element = false;
	return way_to(w, w->c->in->e, s);
}

static bool flow_leave(struct flow *w, const struct state *s)
{
	if (s->depth)
		return fail(w->c, "i%" PRIu32 " is still open",
			    s->open[s->depth - 1].id);
	if (s->locked)
		return fail(w->c, "the lock is still held");
	return w->c->in->op != IR_OP_FAIL || s->error ||
	       fail(w->c, "there may be no error");
}

static bool flow_lock(struct flow *w, struct state *s, bool take)
{
	if (s->locked == take)
		return fail(w->c, take ? "the lock is held already" :
					 "the lock is not held");
	s->locked = take;
	return true;
}

static bool flow_errmsg(struct flow *w, struct state *s)
{
	if (!s->error)
		return fail(w->c, "there may be no error");
	s->error = false;
	return true;
}

/* The effect of the current instruction, and its ways to other blocks. */
static bool flow_insn(struct flow *w, struct state *s)
{
	const struct ir_insn *in = w->c->in;
	bool term = ir_op_info(in->op)->flags & IR_TERM;

	if (!term && in->e != IR_NONE && !way_to_err(w, in->e, s))
		return false;
	switch (in->op) {
	case IR_OP_IBEGIN:
		return open_iteration(w, s);
	case IR_OP_INEXT:
		return flow_next(w, s);
	case IR_OP_IKEY:
	case IR_OP_IVAL:
		return has_element(w, s);
	case IR_OP_IEND:
		if (!innermost(w, s))
			return false;
		s->depth--;
		return true;
	case IR_OP_ERRMSG:
		return flow_errmsg(w, s);
	case IR_OP_LOCK:
	case IR_OP_UNLOCK:
		return flow_lock(w, s, in->op == IR_OP_LOCK);
	case IR_OP_RET:
	case IR_OP_FAIL:
		return flow_leave(w, s);
	case IR_OP_RAISE:
		return way_to_err(w, in->e, s);
	case IR_OP_JMP:
		return way_to(w, in->t, s);
	case IR_OP_BR:
		return way_to(w, in->t, s) && way_to(w, in->e, s);
	}
	return true;
}

static bool flow_block(struct flow *w, uint32_t b)
{
	const struct ir_block *block = &w->c->f->blocks.at[b];
	struct entry *e = &w->entries[b];
	struct state s = {
		.depth = e->depth,
		.locked = e->locked,
		.error = e->error,
	};
	uint32_t i;

	if (e->depth)
		memcpy(s.open, e->open, e->depth * sizeof(s.open[0]));
	e->queued = false;
	w->c->block = b;
	for (i = 0; i < block->insns.len; i++) {
		w->c->index = i;
		w->c->in = &block->insns.at[i];
		if (!flow_insn(w, &s))
			return false;
	}
	return true;
}

bool ir_check_flow(struct ir_check *c)
{
	struct flow w = { .c = c };
	struct state start = { 0 };
	bool ok = true;

	w.entries = arena_array(&w.arena, struct entry, c->f->blocks.len);
	first_way(&w, 0, &start);
	while (ok && w.queue.len)
		ok = flow_block(&w, w.queue.at[--w.queue.len]);
	arena_release(&w.arena);
	c->in = NULL;
	return ok;
}
