/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Notes for listings: the IR instruction that the code behind a note comes
 * from, nearly as doc/ir.md writes it. Registers of called functions have
 * numbers behind those of the handler.
 */
#include "bpf/emit.h"

#include <inttypes.h>
#include <string.h>

#define NOTE_TEXT_MAX 40u

static void add_quoted(struct strbuf *out, const char *text)
{
	strbuf_addch(out, '"');
	strbuf_add_escaped(out, text, strnlen(text, NOTE_TEXT_MAX));
	strbuf_addch(out, '"');
}

static void add_immediate(const struct emit *e, const struct ir_insn *i,
			  struct strbuf *out)
{
	static const char *const conds[] = {
		"eq", "ne", "lt", "le", "gt", "ge"
	};

	switch (ir_op_info((enum ir_op)i->op)->imm) {
	case 'n':
		strbuf_addf(out, " %" PRId64, i->imm);
		break;
	case 'c':
		strbuf_addf(out, " %s", conds[i->imm]);
		break;
	case 'S':
	case 'O':
		strbuf_addch(out, ' ');
		add_quoted(out, i->imm == FLAT_EMPTY
					? ""
					: e->p->strings.at[i->imm]);
		break;
	case 'G':
		strbuf_addf(out, " @%s", e->p->globals.at[i->imm].name);
		break;
	case 'F':
		strbuf_addch(out, ' ');
		add_quoted(out, e->p->formats.at[i->imm].text);
		break;
	case 'R':
		strbuf_addch(out, ' ');
		add_quoted(out, e->p->regexes.at[i->imm].text);
		break;
	case 'I':
		strbuf_addf(out, " %s", intrinsics[i->imm].script);
		break;
	}
}

void emit_note(struct emit *e, const struct ir_insn *i)
{
	struct strbuf s = STRBUF_INIT;

	if (!e->notes)
		return;
	if (i->dst != IR_NONE)
		strbuf_addf(&s, "r%u = ", i->dst);
	strbuf_addstr(&s, ir_op_info((enum ir_op)i->op)->text);
	add_immediate(e, i, &s);
	for (unsigned a = 0; a < i->n_args; a++)
		strbuf_addf(&s, "%s r%u", a ? "," : "", i->args[a]);
	code_note(&e->code, arena_strdup(e->arena, s.buf));
	strbuf_release(&s);
}
