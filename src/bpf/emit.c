/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One handler to BPF code: plan, then each instruction in turn. The emit_*.c
 * files do the work by subject; emit.h says what they share.
 */
#include "bpf/emit_context.h"
#include "bpf/emit_walk.h"

#include "base/bug.h"
#include "proto/record.h"
#include "proto/session.h"

#include <errno.h>
#include <string.h>

#define RODATA_MAX (16u << 20)

uint32_t rodata_add(struct rodata *r, const void *bytes, size_t len)
{
	size_t at = r->bytes.len;
	const char *found;

	found = len && at ? memmem(r->bytes.buf, at, bytes, len) : NULL;
	if (found && (found - r->bytes.buf) % 8 == 0)
		return (uint32_t)(found - r->bytes.buf);
	strbuf_add(&r->bytes, bytes, len);
	if (r->bytes.len % 8)
		strbuf_fill(&r->bytes, 0, 8 - r->bytes.len % 8);
	return (uint32_t)at;
}

void emit_refuse(struct emit *e, const char *fmt, ...)
{
	va_list ap;

	if (e->failed)
		return;
	e->failed = true;
	va_start(ap, fmt);
	strbuf_vaddf(e->err, fmt, ap);
	va_end(ap);
}

/* --- plan --- */

static uint64_t print_cost(const struct ir_insn *i)
{
	return i->op == IR_OP_PRINT ||
	       (i->op == IR_OP_INTRIN && i->imm == INTRIN_LOG);
}

static uint64_t tick_cost(const struct ir_insn *i)
{
	return i->op == IR_OP_TICK && i->imm > 0 ? (uint64_t)i->imm : 0;
}

/* Whether what an instruction does speaks of the probe. */
static bool names_probe(const struct ir_insn *i)
{
	switch ((int)i->op) {
	case IR_OP_PRINT:
	case IR_OP_LATER:
	case IR_OP_RAISE:
	case IR_OP_FAIL:
		return true;
	case IR_OP_INTRIN:
		return i->imm == INTRIN_PP || i->imm == INTRIN_PN ||
		       i->imm == INTRIN_PPFUNC || i->imm == INTRIN_CALL_NAME ||
		       i->imm == INTRIN_LOG ||
		       i->imm == INTRIN_WARN || i->imm == INTRIN_ERROR;
	}
	return ir_op_info((enum ir_op)i->op)->flags & IR_FAULT;
}

/* The largest string that has to be made aside, see emit_tmp_str(). */
static uint32_t aside_bytes(const struct emit *e, const struct ir_insn *i)
{
	if (i->op == IR_OP_CAT || i->op == IR_OP_SPRINT) {
		for (unsigned a = 0; a < i->n_args; a++) {
			if (i->args[a] == i->dst)
				return e->span[i->dst];
		}
	}
	if (i->op == IR_OP_INTRIN && i->imm == INTRIN_SUBSTR &&
	    i->dst == i->args[0])
		return e->flat.fn.regs.at[i->dst].bound;
	if (i->op == IR_OP_INTRIN && emit_text_aside(e, i))
		return emit_text_aside(e, i);
	if (i->op == IR_OP_INTRIN && emit_memory_aside(e, i))
		return emit_memory_aside(e, i);
	if (i->op == IR_OP_INTRIN && i->imm == INTRIN_EXECNAME &&
	    i->dst != IR_NONE && e->flat.fn.regs.at[i->dst].bound < 16)
		return 16;
	return 0;
}

static void plan_insns(struct emit *e)
{
	for (size_t k = 0; k < e->flat.n_order; k++) {
		const struct ir_insn *i;

		vec_foreach(i, &e->flat.fn.blocks.at[e->flat.order[k]].insns) {
			uint32_t n = aside_bytes(e, i);

			if (n > e->str_bytes)
				e->str_bytes = (n + 7) & ~7u;
			e->needs->text |= print_cost(i) > 0;
			if (names_probe(i) && e->g->probes.len > 1)
				e->keep_probe = true;
		}
	}
}

int32_t emit_slot(struct emit *e, uint32_t bytes)
{
	if (e->slots == R9)
		return frame_scratch(&e->regs.frame, bytes);
	return frame_stack(&e->regs.frame, bytes);
}

static void plan(struct emit *e)
{
	bool scratch;

	e->span = emit_spans(&e->flat, e->arena);
	plan_insns(e);
	e->more = flat_longest(&e->flat, e->arena, print_cost) > 1;
	e->count_actions = flat_longest(&e->flat, e->arena, tick_cost) >
			   e->p->limits.maxaction;
	e->looped = e->flat.cyclic;
	emit_error_plan(e);
	emit_lock_plan(e);
	emit_map_plan(e);
	emit_walk_plan(e);
	scratch = e->walks || e->drops || e->more || e->str_bytes || e->text_bound || e->looped ||
		  e->key_in_scratch || e->val_in_scratch;
	regs_assign(&e->regs, e->arena, &e->flat, scratch, e->span,
		    e->looped ? emit_carried(e) : NULL);
	e->slots = e->looped ? R9 : R10;
	if (e->looped)
		e->resume_off = emit_slot(e, 8);
	emit_context_plan(e);
	emit_walk_slots(e);
	if (e->keep_probe)
		e->probe_off = emit_slot(e, 8);
	if (e->count_actions)
		e->actions_off = emit_slot(e, 8);
	if (e->more)
		e->sent_off = emit_slot(e, 8);
	if (e->keep_error)
		e->error_off = emit_slot(e, 16);
	if (e->text_bound)
		e->text_off = frame_scratch(&e->regs.frame, e->text_bound);
	if (e->str_bytes)
		e->tmp_str = frame_scratch(&e->regs.frame, e->str_bytes);
}

/* --- instructions --- */

static void emit_tick(struct emit *e, const struct ir_insn *i)
{
	struct error_site site = { .kind = RECORD_ERROR_ACTION,
				   .loc = i->loc,
				   .to = IR_NONE };
	int32_t most = (int32_t)e->p->limits.maxaction;

	if (!e->count_actions)
		return;
	code_load(&e->code, BPF_DW, R1, e->slots, e->actions_off);
	code_alu_imm(&e->code, BPF_ADD, R1, (int32_t)i->imm);
	code_store(&e->code, BPF_DW, e->slots, e->actions_off, R1);
	code_jump_imm(&e->code, BPF_JGT, R1, most, emit_error_label(e, site));
}

static void jump_to(struct emit *e, ir_block_id to, size_t next)
{
	if (e->flat.place[to] != next)
		code_jump(&e->code, emit_target(e, to));
}

/* Jump to label if the branch's condition is (not) met. */
static void jump_on(struct emit *e, const struct ir_insn *br, bool holds,
		    uint32_t label)
{
	const struct ir_insn *cmp = br - 1;
	int r;

	if (!e->regs.fused[br->args[0]]) {
		r = emit_num_any(e, R0, br->args[0]);
		code_jump_imm(&e->code, holds ? BPF_JNE : BPF_JEQ, r, 0, label);
	} else if (cmp->op == IR_OP_ICMP) {
		emit_compare_jump(e, cmp, holds, label);
	} else {
		emit_str_compare_jump(e, cmp, holds, label);
	}
}

static void emit_branch(struct emit *e, const struct ir_insn *i, size_t next)
{
	if (e->flat.place[i->t] == next) {
		jump_on(e, i, false, emit_target(e, i->e));
		return;
	}
	jump_on(e, i, true, emit_target(e, i->t));
	jump_to(e, i->e, next);
}

static void emit_terminator(struct emit *e, const struct ir_insn *i,
			    size_t next)
{
	switch ((int)i->op) {
	case IR_OP_JMP:
		jump_to(e, i->t, next);
		break;
	case IR_OP_BR:
		emit_branch(e, i, next);
		break;
	case IR_OP_RET:
		code_jump(&e->code, e->locked ? e->l_unlock : e->l_leave);
		break;
	case IR_OP_RAISE:
		emit_raise(e, i);
		break;
	case IR_OP_FAIL:
		emit_fail(e);
		break;
	case IR_OP_INEXT:
		emit_walk_next(e, i);
		break;
	default:
		BUG("operation %d ends no block", i->op);
	}
}

static void emit_compare(struct emit *e, const struct ir_insn *i)
{
	if (e->regs.fused[i->dst])
		return; /* the branch behind it does both */
	if (i->op == IR_OP_SCMP)
		emit_str_op(e, i);
	else
		emit_number_op(e, i);
}

static void emit_move(struct emit *e, const struct ir_insn *i)
{
	if (e->flat.fn.regs.at[i->dst].type == IR_STR)
		emit_str_op(e, i);
	else
		emit_number_op(e, i);
}

static void emit_locking(struct emit *e, const struct ir_insn *i)
{
	if (i->op == IR_OP_LOCK && !e->locked)
		emit_lock(e);
	else if (i->op == IR_OP_UNLOCK && e->locked)
		emit_unlock(e);
	e->locked = i->op == IR_OP_LOCK;
}

typedef void (*emit_fn)(struct emit *e, const struct ir_insn *i);

/* By operation; terminators are emit_terminator()'s, and calls are gone. */
static const emit_fn emitters[] = {
	[IR_OP_CONST] = emit_number_op,  [IR_OP_STR] = emit_str_op,
	[IR_OP_MOV] = emit_move,         [IR_OP_NEG] = emit_number_op,
	[IR_OP_NOT] = emit_number_op,    [IR_OP_ADD] = emit_number_op,
	[IR_OP_SUB] = emit_number_op,    [IR_OP_MUL] = emit_number_op,
	[IR_OP_DIV] = emit_number_op,    [IR_OP_MOD] = emit_number_op,
	[IR_OP_AND] = emit_number_op,    [IR_OP_OR] = emit_number_op,
	[IR_OP_XOR] = emit_number_op,    [IR_OP_SHL] = emit_number_op,
	[IR_OP_SAR] = emit_number_op,    [IR_OP_SHR] = emit_number_op,
	[IR_OP_ICMP] = emit_compare,     [IR_OP_SCMP] = emit_compare,
	[IR_OP_CAT] = emit_str_op,       [IR_OP_SPRINT] = emit_str_op,
	[IR_OP_GGET] = emit_scalar_op,   [IR_OP_GSET] = emit_scalar_op,
	[IR_OP_GADD] = emit_scalar_op,   [IR_OP_MGET] = emit_map_op,
	[IR_OP_MSET] = emit_map_op,      [IR_OP_MADD] = emit_map_op,
	[IR_OP_MHAS] = emit_map_op,      [IR_OP_MDEL] = emit_map_op,
	[IR_OP_MCLEAR] = emit_clear,   [IR_OP_IBEGIN] = emit_walk_op,
	[IR_OP_IKEY] = emit_walk_op,   [IR_OP_IVAL] = emit_walk_op,
	[IR_OP_IEND] = emit_walk_op,   [IR_OP_PRINT] = emit_print,
	[IR_OP_INTRIN] = emit_intrinsic, [IR_OP_ERRMSG] = emit_errmsg,
	[IR_OP_TICK] = emit_tick,        [IR_OP_LOCK] = emit_locking,
	[IR_OP_UNLOCK] = emit_locking,   [IR_OP_SADD] = emit_stat_op,
	[IR_OP_SGET] = emit_stat_op,     [IR_OP_SCLEAR] = emit_stat_op,
	[IR_OP_HGET] = emit_stat_op,     [IR_OP_HPRINT] = emit_stat_op,
	[IR_OP_HTEXT] = emit_stat_op,    [IR_OP_MATCH] = emit_match,
	[IR_OP_LATER] = emit_later,
	[IR_OP_ARG] = emit_context_op,   [IR_OP_RETVAL] = emit_context_op,
	[IR_OP_REG] = emit_context_op,   [IR_OP_OFFSET] = emit_context_op,
	[IR_OP_LOAD] = emit_memory_op,   [IR_OP_STORE] = emit_memory_op,
	[IR_OP_PEEK] = emit_memory_op,   [IR_OP_READABLE] = emit_memory_op,
};

static void emit_insn(struct emit *e, const struct ir_insn *i, size_t next)
{
	if (ir_op_info((enum ir_op)i->op)->flags & IR_TERM) {
		emit_terminator(e, i, next);
		return;
	}
	if (i->op >= ARRAY_SIZE(emitters) || !emitters[i->op])
		BUG("operation %d left over in %s", i->op, e->flat.fn.name);
	emitters[i->op](e, i);
}

static bool emit_blocks(struct emit *e)
{
	for (size_t k = 0; k < e->flat.n_order && !e->failed; k++) {
		uint32_t b = e->flat.order[k];
		const struct ir_insn *i;

		code_label(&e->code, e->block_label[b]);
		e->at = k;
		e->locked = e->held[b] == HELD_YES;
		vec_foreach(i, &e->flat.fn.blocks.at[b].insns) {
			emit_note(e, i);
			emit_insn(e, i, k + 1);
		}
	}
	return !e->failed;
}

void emit_labels(struct emit *e)
{
	size_t n = e->flat.fn.blocks.len;

	e->block_label = arena_array(e->arena, uint32_t, n);
	e->back_label = arena_array(e->arena, uint32_t, n);
	for (size_t b = 0; b < n; b++) {
		e->block_label[b] = code_label_new(&e->code);
		e->back_label[b] = code_label_new(&e->code);
	}
	e->l_leave = code_label_new(&e->code);
	e->l_unlock = code_label_new(&e->code);
	e->l_out = code_label_new(&e->code);
	for (int i = 0; i < 2; i++) {
		e->l_skip[i] = code_label_new(&e->code);
		e->l_fail[i] = code_label_new(&e->code);
	}
}

/* Globals that BPF programs cannot handle. */
static void check_globals(struct emit *e)
{
	for (size_t k = 0; k < e->flat.n_order; k++) {
		const struct ir_insn *i;

		vec_foreach(i, &e->flat.fn.blocks.at[e->flat.order[k]].insns) {
			const struct ir_global *g;

			if (ir_op_info((enum ir_op)i->op)->imm != 'G')
				continue;
			g = &e->p->globals.at[i->imm];
			if (g->wrap && (g->type == IR_STAT ||
					g->size > EMIT_MOST_WRAP))
				emit_refuse(e,
					    "uses array \"%s\", which drops "
					    "its oldest element when full "
					    "(%%); BPF programs can do that to "
					    "%u numbers or strings",
					    g->name, EMIT_MOST_WRAP);
			else if (g->kind == IR_MAP && g->n_keys &&
				 ir_key_bytes(g) > 512)
				emit_refuse(e,
					    "uses array \"%s\" with keys of "
					    "%u bytes; BPF maps take 512",
					    g->name, ir_key_bytes(g));
		}
	}
}

static void note_needs(struct emit *e, const struct code *c)
{
	const struct code_part *p = &c->part[0];
	uint32_t scratch = SCRATCH_HEAD + e->regs.frame.scratch;

	for (size_t i = 0; i < p->relocs.len; i++) {
		uint32_t ref = p->relocs.at[i].ref;

		if (ref >= REF_GLOBAL)
			e->needs->map[ref - REF_GLOBAL] = true;
		e->needs->scratch |= ref == REF_SCRATCH;
		e->needs->targets |= ref == REF_TARGETS;
	}
	if (e->regs.scratch && scratch > e->needs->scratch_bytes)
		e->needs->scratch_bytes = scratch;
}

int emit_group(struct emit *e)
{
	int rc = flat_build(&e->flat, e->arena, e->p, e->g->fn, e->err);

	if (rc)
		return rc;
	check_globals(e);
	if (!e->failed)
		plan(e);
	if (e->failed)
		return -ENOTSUP;
	if (e->looped)
		emit_outer(e);
	emit_labels(e);
	if (e->looped)
		emit_body_start(e);
	else
		emit_enter(e);
	if (!emit_blocks(e))
		return -ENOTSUP;
	if (e->looped)
		emit_body_end(e);
	else
		emit_leave(e);
	emit_ends(e);
	rc = emit_walk_function(e);
	if (!frame_fits(&e->regs.frame) || e->rodata->bytes.len > RODATA_MAX) {
		strbuf_addstr(e->err, "needs more memory for strings than a "
				      "BPF program has");
		return -E2BIG;
	}
	if (!rc)
		rc = code_finish(&e->code);
	if (rc) {
		strbuf_addstr(e->err, "is too long for a BPF program");
		return rc;
	}
	note_needs(e, &e->code);
	note_needs(e, &e->outer);
	note_needs(e, &e->walk);
	return 0;
}
