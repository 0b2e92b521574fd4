/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Texts that handlers need and cannot leave to user space, since they are keys
 * or are compared: names of errors and system calls, and quoted texts.
 */
#include "base/errno_name.h"
#include "base/flags.h"
#include "bpf/emit.h"

#include <string.h>

#define LAST_ERRNO 530

static uint32_t words(uint32_t bytes)
{
	return (bytes + 7) & ~7u;
}

/* --- names by number --- */

/* dst = entry number r3 of a table of n entries of entry bytes; "" if there is
 * none. */
static void look_up(struct emit *e, const struct ir_insn *i, const char *table,
		    uint32_t n, uint32_t entry)
{
	struct strval s = { .kind = PLACE_REG, .reg = R2, .bound = entry };
	uint32_t bound = e->flat.fn.regs.at[i->dst].bound;
	uint32_t known = code_label_new(&e->code);
	int32_t off;
	int base = emit_str_base(e, i->dst, &off);

	code_jump_imm(&e->code, BPF_JLT, R3, (int32_t)n, known);
	/* The last one is empty. */
	code_const(&e->code, R3, n);
	code_label(&e->code, known);
	code_alu_imm(&e->code, BPF_MUL, R3, (int32_t)entry);
	code_ref(&e->code, R2, REF_RODATA,
		 rodata_add(e->rodata, table, (size_t)(n + 1) * entry));
	code_alu(&e->code, BPF_ADD, R2, R3);
	emit_str_copy(e, base, off, bound, words(bound), &s);
}

static void error_name(struct emit *e, const struct ir_insn *i)
{
	enum { ENTRY = 24 };
	char *table = arena_array(e->arena, char, (LAST_ERRNO + 2) * ENTRY);
	uint32_t positive = code_label_new(&e->code);

	for (int n = 0; n <= LAST_ERRNO; n++) {
		const char *name = errno_name(n);

		if (name)
			memcpy(table + n * ENTRY, name, strlen(name));
	}
	emit_num(e, R3, i->args[0]);
	code_jump_imm(&e->code, BPF_JSGE, R3, 0, positive);
	code_mov(&e->code, R1, R3);
	code_const(&e->code, R3, 0);
	code_alu(&e->code, BPF_SUB, R3, R1);
	code_label(&e->code, positive);
	look_up(e, i, table, LAST_ERRNO + 1, ENTRY);
}

static void call_name(struct emit *e, const struct ir_insn *i)
{
	enum { ENTRY = 32, CALLS = 512 };
	char *table = arena_array(e->arena, char, (CALLS + 1) * ENTRY);
	struct strbuf name = STRBUF_INIT;

	for (int n = 0; n < CALLS; n++) {
		strbuf_reset(&name);
		flags_text(flags_table("syscall"), (uint64_t)n, &name);
		memcpy(table + n * ENTRY, name.buf, strnlen(name.buf, ENTRY - 1));
	}
	strbuf_release(&name);
	emit_num(e, R3, i->args[0]);
	look_up(e, i, table, CALLS, ENTRY);
}

/* --- quoted texts --- */

/*
 * A loop over the bytes, in which the verifier knows how far it has come in the
 * source (r0) but, since it is in memory, not in the result: so all ways through
 * the body meet again at its end. r1 = bytes a character takes, r2 = its letter
 * behind a backslash, r3 = the character, r4 = cursor, r5 = address there.
 */
struct quoter {
	struct emit *e;
	int32_t area, cursor; /* in scratch */
	int32_t most;         /* the cursor's, when a character is stored */
	uint32_t store, letter, octal, next, cut, end;
};

/* Letters of escapes by character, 0: octal, 1: as it is. */
static uint32_t escape_table(struct emit *e)
{
	static const char from[] = "\a\b\t\n\v\f\r\"\\", to[] = "abtnvfr\"\\";
	char table[256] = { 0 };

	for (int c = ' '; c < 0177; c++)
		table[c] = 1;
	for (size_t i = 0; from[i]; i++)
		table[(unsigned char)from[i]] = to[i];
	return rodata_add(e->rodata, table, sizeof(table));
}

/* r1 and r2 for the character in r3. */
static void classify(struct quoter *q)
{
	struct code *c = &q->e->code;
	uint32_t special = code_label_new(c), known = code_label_new(c);

	code_ref(c, R2, REF_RODATA, escape_table(q->e));
	code_alu(c, BPF_ADD, R2, R3);
	code_load(c, BPF_B, R2, R2, 0);
	code_const(c, R1, 1);
	code_jump_imm(c, BPF_JEQ, R2, 1, known);
	code_jump_imm(c, BPF_JNE, R2, 0, special);
	code_const(c, R1, 4);
	code_jump(c, known);
	code_label(c, special);
	code_const(c, R1, 2);
	code_label(c, known);
}

/* Store the character at r5. */
static void store_char(struct quoter *q)
{
	struct code *c = &q->e->code;
	uint32_t letter = code_label_new(c), plain = code_label_new(c);
	uint32_t done = code_label_new(c);

	code_jump_imm(c, BPF_JEQ, R1, 1, plain);
	code_store_imm(c, BPF_B, R5, 0, '\\');
	code_jump_imm(c, BPF_JEQ, R1, 2, letter);
	for (int digit = 0; digit < 3; digit++) {
		code_mov(c, R2, R3);
		code_alu_imm(c, BPF_RSH, R2, 6 - 3 * digit);
		code_alu_imm(c, BPF_AND, R2, 7);
		code_alu_imm(c, BPF_ADD, R2, '0');
		code_store(c, BPF_B, R5, digit + 1, R2);
	}
	code_jump(c, done);
	code_label(c, letter);
	code_store(c, BPF_B, R5, 1, R2);
	code_jump(c, done);
	code_label(c, plain);
	code_store(c, BPF_B, R5, 0, R3);
	code_label(c, done);
}

static void quote_bytes(struct quoter *q, const struct strval *s)
{
	struct code *c = &q->e->code;
	uint32_t again = code_label_new(c);

	code_const(c, R0, 0);
	code_label(c, again);
	emit_str_addr(q->e, R3, s, s->bound);
	code_alu(c, BPF_ADD, R3, R0);
	code_load(c, BPF_B, R3, R3, 0);
	code_jump_imm(c, BPF_JEQ, R3, 0, q->end);
	classify(q);
	code_load(c, BPF_DW, R4, R9, q->cursor);
	code_mov(c, R5, R4);
	code_alu(c, BPF_ADD, R5, R1);
	code_jump_imm(c, BPF_JGT, R5, q->most, q->cut);
	code_jump_imm(c, BPF_JGT, R4, q->most, q->cut);
	code_store(c, BPF_DW, R9, q->cursor, R5);
	code_mov(c, R5, R9);
	code_alu_imm(c, BPF_ADD, R5, q->area);
	code_alu(c, BPF_ADD, R5, R4);
	store_char(q);
	code_alu_imm(c, BPF_ADD, R0, 1);
	code_jump_imm(c, BPF_JLT, R0, (int32_t)s->bound, again);
}

/* Store a text at the cursor. */
static void close_text(struct quoter *q, const char *text)
{
	struct code *c = &q->e->code;

	code_load(c, BPF_DW, R4, R9, q->cursor);
	code_jump_imm(c, BPF_JGT, R4, q->most, q->next);
	code_mov(c, R5, R9);
	code_alu_imm(c, BPF_ADD, R5, q->area);
	code_alu(c, BPF_ADD, R5, R4);
	for (int32_t n = 0; text[n]; n++)
		code_store_imm(c, BPF_B, R5, n, text[n]);
}

static void quote(struct emit *e, const struct ir_insn *i)
{
	struct strval s = emit_str(e, i->args[0]), made;
	uint32_t bound = e->flat.fn.regs.at[i->dst].bound;
	int64_t cap = e->p->limits.maxstringlen, room, quoted;
	struct quoter q = { .e = e };
	int32_t off;
	int base = emit_str_base(e, i->dst, &off);

	if (!emit_is_const(e, i->args[1], &room) ||
	    !emit_is_const(e, i->args[2], &quoted)) {
		emit_refuse(e, "quotes a text up to a length that is not known "
			       "in advance");
		return;
	}
	if (room <= 0 || room > cap - 1)
		room = cap - 1;
	if (quoted)
		room = room > 5 ? room - 5 : 0;
	q.area = emit_tmp_str(e, words((uint32_t)cap) + 16);
	q.cursor = q.area + (int32_t)words((uint32_t)cap) + 8;
	q.most = (int32_t)room + !!quoted;
	q.next = code_label_new(&e->code);
	q.cut = code_label_new(&e->code);
	q.end = code_label_new(&e->code);
	emit_zero(e, R9, q.area, words((uint32_t)cap) + 8);
	if (quoted)
		code_store_imm(&e->code, BPF_B, R9, q.area, '"');
	code_store_imm(&e->code, BPF_DW, R9, q.cursor, !!quoted);
	quote_bytes(&q, &s);
	code_label(&e->code, q.end);
	close_text(&q, quoted ? "\"" : "");
	code_jump(&e->code, q.next);
	code_label(&e->code, q.cut);
	close_text(&q, quoted ? "\"..." : "");
	code_label(&e->code, q.next);
	made = (struct strval){ .kind = PLACE_SCRATCH,
				.off = q.area,
				.bound = (uint32_t)cap };
	emit_str_copy(e, base, off, bound, words(bound), &made);
}

uint32_t emit_text_aside(const struct emit *e, const struct ir_insn *i)
{
	if (i->imm != INTRIN_TEXT_STRN)
		return 0;
	return words(e->p->limits.maxstringlen) + 16;
}

bool emit_text_intrinsic(struct emit *e, const struct ir_insn *i)
{
	switch ((int)i->imm) {
	case INTRIN_ERRNO_STR:
		error_name(e, i);
		return true;
	case INTRIN_SYSCALL_NAME:
		call_name(e, i);
		return true;
	case INTRIN_TEXT_STRN:
		quote(e, i);
		return true;
	}
	return false;
}
