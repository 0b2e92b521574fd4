/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records for user space (proto/record.h), built in place in the ring buffer.
 * One that finds the ring full is counted as lost, and the handler goes on.
 */
#include "bpf/emit.h"
#include "proto/record.h"
#include "proto/session.h"

/* Strings up to this many words are copied and measured in place; longer ones
 * by a helper that stops at the NUL. */
#define INLINE_WORDS 4u

#define LOC_IN_R6 (UINT32_MAX - 1)

int32_t emit_tmp(struct emit *e, int32_t *slot, uint32_t bytes)
{
	if (!*slot)
		*slot = frame_stack(&e->regs.frame, bytes);
	return *slot;
}

/* r0 = room for a record with its header filled in, or a jump to full. */
static void open_record(struct emit *e, int kind, uint32_t id, uint32_t loc,
			uint32_t bytes, uint32_t full)
{
	uint32_t flags = e->more && kind != RECORD_DONE && kind != RECORD_EXIT
				 ? RECORD_MORE
				 : 0;
	int32_t cpu = emit_tmp(e, &e->tmp_cpu, 8);

	code_call(&e->code, BPF_FUNC_get_smp_processor_id);
	code_alu_imm(&e->code, BPF_LSH, R0, 32);
	code_alu_imm(&e->code, BPF_OR, R0, (int32_t)(flags << 16) | kind);
	if (e->regs.scratch) {
		code_load(&e->code, BPF_DW, R1, R9, 8);
		code_alu(&e->code, BPF_OR, R0, R1);
	}
	code_store(&e->code, BPF_DW, R10, cpu, R0);
	code_ref(&e->code, R1, REF_RING, 0);
	code_const(&e->code, R2, bytes);
	code_const(&e->code, R3, 0);
	code_call(&e->code, BPF_FUNC_ringbuf_reserve);
	code_jump_imm(&e->code, BPF_JEQ, R0, 0, full);
	code_load(&e->code, BPF_DW, R1, R10, cpu);
	code_store(&e->code, BPF_DW, R0, 0, R1);
	if (e->keep_probe) {
		emit_probe_index(e, R1);
		code_store(&e->code, BPF_W, R0, 12, R1);
	} else {
		code_store_imm(&e->code, BPF_W, R0, 12,
			       (int32_t)e->g->probes.at[0]);
	}
	code_store_imm(&e->code, BPF_W, R0, 8, (int32_t)id);
	if (loc == LOC_IN_R6) {
		code_mov(&e->code, R1, R6);
		code_alu_imm(&e->code, BPF_RSH, R1, 32);
		code_store(&e->code, BPF_DW, R0, 16, R1);
	} else {
		code_store_imm(&e->code, BPF_W, R0, 16, (int32_t)loc);
		code_store_imm(&e->code, BPF_W, R0, 20, 0);
	}
}

/* Hand over the record at r0; jumps and stubs for a full ring. */
static void close_record(struct emit *e, bool wake, uint32_t full)
{
	uint32_t done = code_label_new(&e->code);
	unsigned part;

	code_mov(&e->code, R1, R0);
	code_const(&e->code, R2, wake ? BPF_RB_FORCE_WAKEUP : 0);
	code_call(&e->code, BPF_FUNC_ringbuf_submit);
	if (e->more)
		code_store_imm(&e->code, BPF_DW, e->slots, e->sent_off, 1);
	code_label(&e->code, done);
	part = code_part(&e->code, CODE_STUBS);
	code_label(&e->code, full);
	emit_count(e, offsetof(struct session_data, lost));
	code_jump(&e->code, done);
	code_part(&e->code, part);
}

void emit_str_length(struct emit *e, const struct strval *s)
{
	uint32_t n = (s->bound + 7) / 8;
	uint32_t found = code_label_new(&e->code);
	uint32_t end = code_label_new(&e->code);

	if (s->kind == PLACE_CONST) {
		code_const(&e->code, R3, (int64_t)s->len);
		return;
	}
	for (uint32_t w = n; w-- > 0;) {
		emit_str_word(e, R2, s, w);
		code_const(&e->code, R3, w * 8);
		if (w)
			code_jump_imm(&e->code, BPF_JNE, R2, 0, found);
		else
			code_jump_imm(&e->code, BPF_JEQ, R2, 0, end);
	}
	code_label(&e->code, found);
	for (int bits = 32; bits >= 8; bits /= 2) {
		uint32_t low = code_label_new(&e->code);

		code_mov(&e->code, R1, R2);
		code_alu_imm(&e->code, BPF_RSH, R1, bits);
		code_jump_imm(&e->code, BPF_JEQ, R1, 0, low);
		code_alu_imm(&e->code, BPF_ADD, R3, bits / 8);
		code_mov(&e->code, R2, R1);
		code_label(&e->code, low);
	}
	code_alu_imm(&e->code, BPF_ADD, R3, 1);
	code_label(&e->code, end);
}

static bool wants_helper(const struct strval *s)
{
	return s->kind != PLACE_CONST && (s->bound + 7) / 8 > INLINE_WORDS;
}

/* A string argument at off of the record at r0, which is also in tmp_rec if the
 * helper is wanted. room: bytes of the whole argument. */
static void record_string(struct emit *e, int32_t off, uint32_t room,
			  const struct strval *s)
{
	uint32_t some;

	if (!wants_helper(s)) {
		if (s->kind == PLACE_CONST) {
			code_store_imm(&e->code, BPF_W, R0, off,
				       (int32_t)s->len);
		} else {
			emit_str_length(e, s);
			code_store(&e->code, BPF_W, R0, off, R3);
		}
		emit_str_copy(e, R0, off + 4, s->bound, room - 4, s);
		return;
	}
	some = code_label_new(&e->code);
	code_mov(&e->code, R1, R0);
	code_alu_imm(&e->code, BPF_ADD, R1, off + 4);
	code_const(&e->code, R2, s->bound);
	emit_str_addr(e, R3, s, s->bound);
	code_call(&e->code, BPF_FUNC_probe_read_kernel_str);
	code_alu_imm(&e->code, BPF_ADD, R0, -1);
	code_jump_imm(&e->code, BPF_JSGE, R0, 0, some);
	code_const(&e->code, R0, 0);
	code_label(&e->code, some);
	code_load(&e->code, BPF_DW, R1, R10, e->tmp_rec);
	code_store(&e->code, BPF_W, R1, off, R0);
	code_mov(&e->code, R0, R1);
}

static bool is_str(const struct emit *e, ir_reg r)
{
	return e->flat.fn.regs.at[r].type == IR_STR;
}

/* Bytes of an argument in the record. */
static uint32_t arg_bytes(struct emit *e, const struct ir_insn *i, unsigned a)
{
	const struct ir_fn *f;

	if (!is_str(e, i->args[a]))
		return 8;
	if (i->op == IR_OP_PRINT)
		return record_string_bytes(e->l->record_bound[i->imm][a]);
	f = e->p->fns.at[i->imm];
	return record_string_bytes(f->regs.at[a].bound);
}

static void record_of_args(struct emit *e, const struct ir_insn *i, int kind)
{
	uint32_t full = code_label_new(&e->code);
	uint32_t bytes = sizeof(struct record_header);
	int32_t off = sizeof(struct record_header);
	bool keep = false;

	for (unsigned a = 0; a < i->n_args; a++) {
		bytes += arg_bytes(e, i, a);
		if (is_str(e, i->args[a])) {
			struct strval s = emit_str(e, i->args[a]);

			keep |= wants_helper(&s);
		}
	}
	open_record(e, kind, (uint32_t)i->imm, i->loc, bytes, full);
	if (keep)
		code_store(&e->code, BPF_DW, R10, emit_tmp(e, &e->tmp_rec, 8),
			   R0);
	for (unsigned a = 0; a < i->n_args; a++) {
		ir_reg r = i->args[a];

		if (is_str(e, r)) {
			struct strval s = emit_str(e, r);

			record_string(e, off, arg_bytes(e, i, a), &s);
		} else {
			code_store(&e->code, BPF_DW, R0, off,
				   emit_num_any(e, R1, r));
		}
		off += (int32_t)arg_bytes(e, i, a);
	}
	close_record(e, false, full);
}

void emit_print(struct emit *e, const struct ir_insn *i)
{
	record_of_args(e, i, RECORD_PRINT);
}

void emit_later(struct emit *e, const struct ir_insn *i)
{
	record_of_args(e, i, RECORD_LATER);
}

void emit_text_record(struct emit *e, int kind, uint32_t id, uint32_t loc,
		      const struct strval *s)
{
	uint32_t full = code_label_new(&e->code);
	uint32_t room = record_string_bytes(s->bound);

	open_record(e, kind, id, loc,
		    (uint32_t)sizeof(struct record_header) + room, full);
	if (wants_helper(s))
		code_store(&e->code, BPF_DW, R10, emit_tmp(e, &e->tmp_rec, 8),
			   R0);
	record_string(e, sizeof(struct record_header), room, s);
	close_record(e, kind == RECORD_ERROR, full);
}

void emit_bare_record(struct emit *e, int kind, bool wake)
{
	uint32_t full = code_label_new(&e->code);

	open_record(e, kind, 0, IR_NONE, sizeof(struct record_header), full);
	close_record(e, wake, full);
}

/* An error whose kind and place are in r6, its number in r7. */
static void error_record(struct emit *e, bool number)
{
	uint32_t bytes = sizeof(struct record_header);
	uint32_t full = code_label_new(&e->code);

	if (number)
		bytes += 8;
	open_record(e, RECORD_ERROR, 0, LOC_IN_R6, bytes, full);
	if (number)
		code_store(&e->code, BPF_DW, R0, sizeof(struct record_header),
			   R7);
	code_mov(&e->code, R1, R6);
	code_store(&e->code, BPF_W, R0, 8, R1);
	close_record(e, true, full);
}

void emit_count_error(struct emit *e)
{
	uint32_t few = code_label_new(&e->code);
	int64_t most = e->p->limits.maxerrors;

	code_ref(&e->code, R1, REF_DATA, offsetof(struct session_data, errors));
	code_const(&e->code, R2, 1);
	code_atomic(&e->code, BPF_DW, BPF_ADD, R1, 0, R2);
	code_load(&e->code, BPF_DW, R2, R1, 0);
	code_jump_imm(&e->code, BPF_JLE, R2, (int32_t)most, few);
	code_ref(&e->code, R1, REF_DATA, offsetof(struct session_data, state));
	code_store_imm(&e->code, BPF_W, R1, 0, SESSION_ERROR);
	code_label(&e->code, few);
}

void emit_fail_end(struct emit *e)
{
	uint32_t number = code_label_new(&e->code);
	uint32_t text = code_label_new(&e->code);
	struct strval s = { .kind = PLACE_SCRATCH,
			    .off = e->text_off,
			    .bound = e->text_bound };

	code_label(&e->code, e->l_fail[1]);
	emit_unlock(e);
	code_label(&e->code, e->l_fail[0]);
	emit_count_error(e);
	code_mov(&e->code, R1, R6);
	code_alu_imm(&e->code, BPF_LSH, R1, 32);
	code_alu_imm(&e->code, BPF_RSH, R1, 32);
	code_jump_imm(&e->code, BPF_JEQ, R1, RECORD_ERROR_OVERFLOW, number);
	code_jump_imm(&e->code, BPF_JGE, R1, RECORD_ERROR_FAULT, number);
	if (e->text_bound)
		code_jump_imm(&e->code, BPF_JEQ, R1, RECORD_ERROR_TEXT, text);
	error_record(e, false);
	code_jump(&e->code, e->l_leave);
	code_label(&e->code, number);
	error_record(e, true);
	code_jump(&e->code, e->l_leave);
	code_label(&e->code, text);
	if (e->text_bound) {
		emit_text_record(e, RECORD_ERROR, RECORD_ERROR_TEXT, LOC_IN_R6,
				 &s);
	}
	code_jump(&e->code, e->l_leave);
}
