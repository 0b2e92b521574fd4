/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Instructions of the C text on arrays, statistics and iterations. */
#include "kmod/emit_internal.h"

#include <inttypes.h>

void kc_values(struct kc *k, const struct ir_insn *in, uint32_t first)
{
	uint32_t i;

	if (first >= in->n_args) {
		strbuf_addch(k->out, '0');
		return;
	}
	strbuf_addstr(k->out, "SP_LIST(");
	for (i = first; i < in->n_args; i++)
		strbuf_addf(k->out,
			    k->f->regs.at[in->args[i]].type == IR_STR ?
				    "%sSP_T(f->r%u)" :
				    "%sSP_N(r%u)",
			    i > first ? ", " : "", in->args[i]);
	strbuf_addch(k->out, ')');
}

/* The call up to its keys: if (sp_NAME(c, &g_a, SP_LIST(…) */
static void begin_call(struct kc *k, const struct ir_insn *in,
		       const char *name, uint32_t first)
{
	strbuf_addf(k->out, "\tif (sp_%s(c, &%s, ", name,
		    k->global_name[in->imm]);
	kc_values(k, in, first);
}

static void end_call(struct kc *k, const struct ir_insn *in)
{
	if (in->e != IR_NONE)
		strbuf_addf(k->out, ", %u", in->loc);
	strbuf_addstr(k->out, "))\n");
	kc_failed(k, in);
}

static bool is_str(const struct kc *k, ir_reg r)
{
	return k->f->regs.at[r].type == IR_STR;
}

static void add_to(struct kc *k, const struct ir_insn *in)
{
	if (in->dst == IR_NONE)
		strbuf_addstr(k->out, ", &(s64){ 0 }");
	else if (is_str(k, in->dst))
		strbuf_addf(k->out, ", SP_S(f->r%u), %u", in->dst,
			    k->f->regs.at[in->dst].bound);
	else
		strbuf_addf(k->out, ", &r%u", in->dst);
}

static void add_get(struct kc *k, const struct ir_insn *in)
{
	bool str = k->p->globals.at[in->imm].type == IR_STR;

	begin_call(k, in, in->op == IR_OP_MHAS ? "has" :
			  str ? "get_str" : "get_num", 0);
	add_to(k, in);
	end_call(k, in);
}

static void add_set(struct kc *k, const struct ir_insn *in)
{
	bool str = k->p->globals.at[in->imm].type == IR_STR;

	begin_call(k, in, in->op == IR_OP_SADD ? "stat_add" :
			  in->op == IR_OP_MADD ? "add_num" :
			  str ? "set_str" : "set_num", 1);
	strbuf_addf(k->out, str ? ", SP_S(f->r%u)" : ", r%u", in->args[0]);
	end_call(k, in);
}

static void add_stat(struct kc *k, const struct ir_insn *in)
{
	static const char *const ops[] = {
		[IR_STAT_COUNT] = "SP_COUNT", [IR_STAT_SUM] = "SP_SUM",
		[IR_STAT_MIN] = "SP_MIN",     [IR_STAT_MAX] = "SP_MAX",
		[IR_STAT_AVG] = "SP_AVG",
		[IR_STAT_VARIANCE] = "SP_VARIANCE",
	};

	switch (in->op) {
	case IR_OP_SGET:
		begin_call(k, in, "stat_get", 0);
		strbuf_addf(k->out, ", %s", ops[in->aux]);
		add_to(k, in);
		break;
	case IR_OP_HGET:
		begin_call(k, in, "hist_get", 1);
		strbuf_addf(k->out, ", r%u, %u", in->args[0], in->aux);
		add_to(k, in);
		break;
	case IR_OP_HPRINT:
		begin_call(k, in, "hist_print", 0);
		break;
	case IR_OP_HTEXT:
		begin_call(k, in, "hist_text", 0);
		add_to(k, in);
		break;
	}
	end_call(k, in);
}

/* --- iterations --- */

static void add_begin(struct kc *k, const struct ir_insn *in)
{
	const struct ir_iter *it = &k->f->iters.at[in->imm];

	strbuf_addf(k->out, "\tif (sp_iter_begin(c, &%s, %d, %u, %d, ",
		    k->global_name[it->global], it->direction, it->column,
		    (int)it->stat);
	if (in->n_args)
		strbuf_addf(k->out, "r%u", in->args[0]);
	else
		strbuf_addstr(k->out, "SP_NO_LIMIT");
	strbuf_addf(k->out, ", &i%" PRId64, in->imm);
	end_call(k, in);
}

static void add_iter(struct kc *k, const struct ir_insn *in)
{
	/* The value is column 0, key number N column N + 1. */
	uint32_t column = in->op == IR_OP_IKEY ? in->aux + 1 : 0;

	if (in->op == IR_OP_IBEGIN)
		add_begin(k, in);
	else if (in->op == IR_OP_IEND)
		strbuf_addf(k->out, "\tsp_iter_end(c, i%" PRId64 ");\n",
			    in->imm);
	else if (is_str(k, in->dst))
		strbuf_addf(k->out,
			    "\tsp_iter_str(i%" PRId64
			    ", %u, SP_S(f->r%u), %u);\n",
			    in->imm, column, in->dst,
			    k->f->regs.at[in->dst].bound);
	else
		strbuf_addf(k->out, "\tr%u = sp_iter_num(i%" PRId64 ", %u);\n",
			    in->dst, in->imm, column);
}

void kc_map_insn(struct kc *k, const struct ir_insn *in)
{
	switch (in->op) {
	case IR_OP_MGET:
	case IR_OP_MHAS:
		add_get(k, in);
		break;
	case IR_OP_MSET:
	case IR_OP_MADD:
	case IR_OP_SADD:
		add_set(k, in);
		break;
	case IR_OP_MDEL:
		begin_call(k, in, "delete", 0);
		end_call(k, in);
		break;
	case IR_OP_MCLEAR:
	case IR_OP_SCLEAR:
		strbuf_addf(k->out, "\tif (sp_clear(c, &%s",
			    k->global_name[in->imm]);
		end_call(k, in);
		break;
	case IR_OP_SGET:
	case IR_OP_HGET:
	case IR_OP_HPRINT:
	case IR_OP_HTEXT:
		add_stat(k, in);
		break;
	case IR_OP_IBEGIN:
	case IR_OP_IKEY:
	case IR_OP_IVAL:
	case IR_OP_IEND:
		add_iter(k, in);
		break;
	}
}
