/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Errors: raising, catching, and the way out of the handler.
 *
 * An error whose err block does nothing but end the handler needs no state: its
 * stub puts what there is to say in r6 and r7, which are free by then, and jumps
 * to the common end. Only handlers that catch errors keep the current one, in
 * two stack slots, and the text of those raised with one in scratch.
 */
#include "bpf/emit_context.h"
#include "proto/record.h"
#include "proto/session.h"

#include <string.h>

bool emit_only_fails(const struct emit *e, ir_block_id b)
{
	const struct ir_insn *i;

	if (b == IR_NONE)
		return true;
	vec_foreach(i, &e->flat.fn.blocks.at[b].insns) {
		if (i->op != IR_OP_UNLOCK)
			return i->op == IR_OP_FAIL;
	}
	return false;
}

static bool raises_text(const struct ir_insn *i)
{
	return (i->op == IR_OP_RAISE && i->n_args) ||
	       (i->op == IR_OP_INTRIN && i->imm == INTRIN_ERROR);
}

static bool may_raise(const struct ir_insn *i)
{
	return i->op != IR_OP_BR && i->op != IR_OP_INEXT && i->e != IR_NONE;
}

/* Whether the text an instruction raises is kept for later. */
static bool keeps_text(const struct emit *e, const struct ir_insn *i)
{
	return raises_text(i) && (e->keep_error || !emit_only_fails(e, i->e));
}

void emit_error_plan(struct emit *e)
{
	const struct ir_insn *i;

	for (size_t k = 0; k < e->flat.n_order; k++) {
		vec_foreach(i, &e->flat.fn.blocks.at[e->flat.order[k]].insns) {
			if (i->op == IR_OP_ERRMSG ||
			    (may_raise(i) && !emit_only_fails(e, i->e)))
				e->keep_error = true;
		}
	}
	for (size_t k = 0; k < e->flat.n_order; k++) {
		vec_foreach(i, &e->flat.fn.blocks.at[e->flat.order[k]].insns) {
			uint32_t bound;

			if (!keeps_text(e, i))
				continue;
			bound = e->flat.fn.regs.at[i->args[0]].bound;
			if (bound > e->text_bound)
				e->text_bound = bound;
		}
	}
}

uint32_t emit_skip_label(struct emit *e)
{
	return e->l_skip[e->locked];
}

static int64_t packed(struct error_site site)
{
	return (int64_t)((uint64_t)site.loc << 32 | site.kind);
}

/* To the err block, or the end. */
static void go_on(struct emit *e, struct error_site site)
{
	if (emit_only_fails(e, site.to)) {
		/* First: r6 may be where it lives. */
		if (site.address)
			emit_num(e, R7, *site.address);
		code_const(&e->code, R6, packed(site));
		if (site.kind == RECORD_ERROR_OVERFLOW)
			code_const(&e->code, R7, site.global);
		code_jump(&e->code, e->l_fail[e->locked]);
		return;
	}
	code_const(&e->code, R1, packed(site));
	code_store(&e->code, BPF_DW, e->slots, e->error_off, R1);
	if (site.address)
		code_store(&e->code, BPF_DW, e->slots, e->error_off + 8,
			   emit_num_any(e, R1, *site.address));
	else
		code_store_imm(&e->code, BPF_DW, e->slots, e->error_off + 8,
			       (int32_t)site.global);
	code_jump(&e->code, emit_target(e, site.to));
}

uint32_t emit_error_label(struct emit *e, struct error_site site)
{
	uint32_t label = code_label_new(&e->code);
	unsigned part = code_part(&e->code, CODE_STUBS);

	code_label(&e->code, label);
	go_on(e, site);
	code_part(&e->code, part);
	return label;
}

/* A text that nobody will catch is sent from where it is. Without one: functions
 * call each other too deeply (flat.c). */
void emit_raise(struct emit *e, const struct ir_insn *i)
{
	struct error_site site = { .kind = RECORD_ERROR_TEXT,
				   .loc = i->loc,
				   .to = i->e };
	struct strval s;

	if (!i->n_args) {
		site.kind = RECORD_ERROR_NESTING;
		go_on(e, site);
		return;
	}
	s = emit_str(e, i->args[0]);
	if (keeps_text(e, i)) {
		emit_str_copy(e, R9, e->text_off, e->text_bound,
			      (e->text_bound + 7) & ~7u, &s);
		go_on(e, site);
		return;
	}
	if (e->locked)
		emit_unlock(e);
	emit_count_error(e);
	emit_text_record(e, RECORD_ERROR, RECORD_ERROR_TEXT, i->loc, &s);
	code_jump(&e->code, e->l_leave);
}

void emit_fail(struct emit *e)
{
	if (!e->keep_error) {
		/* Only reached when no error is current. */
		code_jump(&e->code, e->l_leave);
		return;
	}
	code_load(&e->code, BPF_DW, R6, e->slots, e->error_off);
	code_load(&e->code, BPF_DW, R7, e->slots, e->error_off + 8);
	code_jump(&e->code, e->l_fail[e->locked]);
}

/* dst = text, if the current error is of that kind (and of that array). */
static void message(struct emit *e, const struct ir_insn *i, uint32_t kind,
		    uint32_t global, const char *text, uint32_t done)
{
	uint32_t bound = e->flat.fn.regs.at[i->dst].bound;
	uint32_t other = code_label_new(&e->code);
	struct strval s = { .kind = PLACE_CONST,
			    .text = text,
			    .len = strlen(text) };
	int32_t off;
	int base = emit_str_base(e, i->dst, &off);

	s.bound = (uint32_t)s.len + 1;
	code_load(&e->code, BPF_W, R1, e->slots, e->error_off);
	code_jump_imm(&e->code, BPF_JNE, R1, (int32_t)kind, other);
	if (kind == RECORD_ERROR_OVERFLOW) {
		code_load(&e->code, BPF_DW, R1, e->slots, e->error_off + 8);
		code_jump_imm(&e->code, BPF_JNE, R1, (int32_t)global, other);
	}
	emit_str_copy(e, base, off, bound, (bound + 7) & ~7u, &s);
	code_jump(&e->code, done);
	code_label(&e->code, other);
}

/* Texts of array overflows that can be current. */
static void overflow_messages(struct emit *e, const struct ir_insn *i,
			      uint32_t done)
{
	bool *seen = arena_array(e->arena, bool, e->p->globals.len);
	const struct ir_insn *m;

	for (size_t k = 0; k < e->flat.n_order; k++) {
		vec_foreach(m, &e->flat.fn.blocks.at[e->flat.order[k]].insns) {
			const struct ir_global *g;

			if ((m->op != IR_OP_MSET && m->op != IR_OP_MADD &&
			     m->op != IR_OP_SADD) ||
			    seen[m->imm])
				continue;
			seen[m->imm] = true;
			g = &e->p->globals.at[m->imm];
			message(e, i, RECORD_ERROR_OVERFLOW, (uint32_t)m->imm,
				g->sized
					? arena_printf(e->arena,
						       "Array overflow, check "
						       "size limit (%u)",
						       g->size)
					: "Array overflow, check MAXMAPENTRIES",
				done);
		}
	}
}

/* Faults of memory that can be current: their texts hold the address. */
static void fault_messages(struct emit *e, const struct ir_insn *i,
			   uint32_t done)
{
	uint32_t faults = 0;
	const struct ir_insn *m;

	for (size_t k = 0; k < e->flat.n_order; k++) {
		vec_foreach(m, &e->flat.fn.blocks.at[e->flat.order[k]].insns)
			faults |= emit_memory_faults(m);
	}
	for (unsigned f = 0; f < fault_count; f++) {
		uint32_t other = code_label_new(&e->code);

		if (!(faults >> f & 1))
			continue;
		code_load(&e->code, BPF_W, R1, e->slots, e->error_off);
		code_jump_imm(&e->code, BPF_JNE, R1,
			      (int32_t)(RECORD_ERROR_FAULT + f), other);
		emit_fault_text(e, i->dst, (enum fault)f);
		code_jump(&e->code, done);
		code_label(&e->code, other);
	}
}

void emit_errmsg(struct emit *e, const struct ir_insn *i)
{
	uint32_t done = code_label_new(&e->code);
	uint32_t bound = e->flat.fn.regs.at[i->dst].bound;
	struct strval s = { .kind = PLACE_SCRATCH,
			    .off = e->text_off,
			    .bound = e->text_bound };
	int32_t off;
	int base = emit_str_base(e, i->dst, &off);

	if (e->regs.places[i->dst].kind != PLACE_NONE) {
		message(e, i, RECORD_ERROR_DIV, 0, "division by 0", done);
		message(e, i, RECORD_ERROR_NESTING, 0, "MAXNESTING exceeded",
			done);
		overflow_messages(e, i, done);
		fault_messages(e, i, done);
		if (e->text_bound)
			emit_str_copy(e, base, off, bound, (bound + 7) & ~7u,
				      &s);
		else
			emit_zero(e, base, off, (bound + 7) & ~7u);
	}
	code_label(&e->code, done);
	code_store_imm(&e->code, BPF_DW, e->slots, e->error_off, 0);
}
