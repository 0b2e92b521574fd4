/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Matching of regular expressions: the table of base/regex.h goes to .rodata, a
 * loop walks it, one turn a byte of the text. The NUL that ends each text ends
 * the walk; the count of turns is there for the verifier only, as is the mask
 * of the row, which keeps every access inside of the table in its eyes.
 *
 * In the loop: r0 row, r1 text, r2 classes, r3 table, r4 turns.
 */
#include "bpf/emit.h"

#include <string.h>

/* Entries of a table, so that rows can be named by 16 bits. */
#define MAX_CELLS 32768u
#define DFA_WORK  (1u << 21)

static uint32_t power_above(uint32_t n)
{
	uint32_t p = 1;

	while (p < n)
		p *= 2;
	return p;
}

/* The table in .rodata: u16 entries, room for any class behind any row that the
 * mask lets through. */
static uint32_t add_table(struct emit *e, const struct regex_dfa *d,
			  uint32_t *mask)
{
	uint32_t cells = d->n_states * d->n_classes, i;
	uint32_t n = power_above(cells);
	uint16_t *table = arena_array(e->arena, uint16_t, n + 256);

	for (i = 0; i < cells; i++)
		table[i] = (uint16_t)d->next[i];
	*mask = n - 1;
	return rodata_add(e->rodata, table, (n + 256) * sizeof(*table));
}

static void walk(struct emit *e, const struct regex_dfa *d,
		 const struct strval *s)
{
	uint32_t turn = code_label_new(&e->code);
	uint32_t more = code_label_new(&e->code);
	uint32_t out = code_label_new(&e->code);
	uint32_t mask, table = add_table(e, d, &mask);

	emit_str_addr(e, R1, s, s->bound);
	code_ref(&e->code, R2, REF_RODATA,
		 rodata_add(e->rodata, d->class_of, sizeof(d->class_of)));
	code_ref(&e->code, R3, REF_RODATA, table);
	code_const(&e->code, R0, d->start);
	code_const(&e->code, R4, 0);
	code_label(&e->code, turn);
	code_load(&e->code, BPF_B, R5, R1, 0);
	code_alu(&e->code, BPF_ADD, R5, R2);
	code_load(&e->code, BPF_B, R5, R5, 0);
	code_alu_imm(&e->code, BPF_AND, R0, (int32_t)mask);
	code_alu(&e->code, BPF_ADD, R5, R0);
	code_alu_imm(&e->code, BPF_LSH, R5, 1);
	code_alu(&e->code, BPF_ADD, R5, R3);
	code_load(&e->code, BPF_H, R0, R5, 0);
	/* The verifier looks at the way that falls through first: leaving here
	 * keeps few of its states open at a time. */
	code_jump_imm(&e->code, BPF_JGE, R0, (int32_t)(2 * d->n_classes), more);
	code_jump(&e->code, out);
	code_label(&e->code, more);
	code_alu_imm(&e->code, BPF_ADD, R1, 1);
	code_alu_imm(&e->code, BPF_ADD, R4, 1);
	code_jump_imm(&e->code, BPF_JLT, R4, (int32_t)s->bound, turn);
	code_const(&e->code, R0, 0);
	code_label(&e->code, out);
}

void emit_match(struct emit *e, const struct ir_insn *i)
{
	const struct regex *re = e->p->regexes.at[i->imm].re;
	struct strval s = emit_str(e, i->args[0]);
	uint32_t work = DFA_WORK, no;
	const struct regex_dfa *d;

	d = regex_dfa_new(e->arena, re, MAX_CELLS, &work);
	if (!d) {
		emit_refuse(e, "matches a regular expression that is too "
			       "large for BPF programs");
		return;
	}
	if (d->start < 2 * d->n_classes) {
		code_const(&e->code, R0, !!d->start);
	} else {
		no = code_label_new(&e->code);
		walk(e, d, &s);
		code_jump_imm(&e->code, BPF_JEQ, R0, 0, no);
		code_const(&e->code, R0, 1);
		code_label(&e->code, no);
	}
	emit_set(e, i->dst, R0);
}
