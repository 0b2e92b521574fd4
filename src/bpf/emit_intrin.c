/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Intrinsics of the library (proto/intrinsics.def) in BPF programs. */
#include "base/bug.h"
#include "bpf/emit_context.h"
#include "proto/record.h"
#include "proto/session.h"

#include <string.h>

#define COMM_BYTES 16u

static void task_number(struct emit *e, const struct ir_insn *i)
{
	bool uid = i->imm == INTRIN_UID || i->imm == INTRIN_GID;

	code_call(&e->code, uid ? BPF_FUNC_get_current_uid_gid
				: BPF_FUNC_get_current_pid_tgid);
	/* The thread group and the group are in the upper half. */
	if (i->imm != INTRIN_PID && i->imm != INTRIN_GID)
		code_alu_imm(&e->code, BPF_LSH, R0, 32);
	code_alu_imm(&e->code, BPF_RSH, R0, 32);
	emit_set(e, i->dst, R0);
}

static void execname(struct emit *e, const struct ir_insn *i)
{
	uint32_t bound = e->flat.fn.regs.at[i->dst].bound;
	struct strval s = { .kind = PLACE_SCRATCH, .bound = COMM_BYTES };
	int32_t off;
	int base = emit_str_base(e, i->dst, &off);
	bool direct = bound >= COMM_BYTES;

	if (!direct) {
		s.off = emit_tmp_str(e, COMM_BYTES);
		base = R9;
		off = s.off;
	}
	/* Kernels before 6.1 do not fill the rest of the field. */
	emit_zero(e, base, off, direct ? (bound + 7) & ~7u : COMM_BYTES);
	code_mov(&e->code, R1, base);
	code_alu_imm(&e->code, BPF_ADD, R1, off);
	code_const(&e->code, R2, COMM_BYTES);
	code_call(&e->code, BPF_FUNC_get_current_comm);
	if (direct)
		return;
	base = emit_str_base(e, i->dst, &off);
	emit_str_copy(e, base, off, bound, (bound + 7) & ~7u, &s);
}

static void wall_clock(struct emit *e, const struct ir_insn *i, int32_t unit)
{
	code_call(&e->code, BPF_FUNC_ktime_get_ns);
	code_ref(&e->code, R1, REF_DATA,
		 offsetof(struct session_data, wall_ns));
	code_load(&e->code, BPF_DW, R1, R1, 0);
	code_alu(&e->code, BPF_ADD, R0, R1);
	if (unit != 1)
		code_alu_imm(&e->code, BPF_DIV, R0, unit);
	emit_set(e, i->dst, R0);
}

/*
 * The state only goes up. Without compare-and-exchange (kernel 5.12) our store
 * may come behind that of an error on another CPU; but errors are counted before
 * the state is set, so looking at their number behind our own store mends that.
 */
static void call_exit(struct emit *e)
{
	uint32_t done = code_label_new(&e->code);
	int32_t most = (int32_t)e->p->limits.maxerrors;

	code_ref(&e->code, R1, REF_DATA, offsetof(struct session_data, state));
	code_load(&e->code, BPF_W, R2, R1, 0);
	code_jump_imm(&e->code, BPF_JNE, R2, SESSION_RUNNING, done);
	code_store_imm(&e->code, BPF_W, R1, 0, SESSION_STOPPING);
	/* Adds nothing, but orders the store before the load. */
	code_const(&e->code, R2, 0);
	code_atomic(&e->code, BPF_W, BPF_ADD, R1, 0, R2);
	code_ref(&e->code, R2, REF_DATA, offsetof(struct session_data, errors));
	code_load(&e->code, BPF_DW, R2, R2, 0);
	code_jump_imm(&e->code, BPF_JLE, R2, most, done);
	code_store_imm(&e->code, BPF_W, R1, 0, SESSION_ERROR);
	code_label(&e->code, done);
	emit_bare_record(e, RECORD_EXIT, true);
}

/* What pp(), pn() or ppfunc() is for a probe. */
static const char *point_text(const struct emit *e, int64_t which, uint32_t id)
{
	const struct ir_probe *p = &e->p->probes.at[id];
	const char *function;
	size_t len;

	if (which == INTRIN_CALL_NAME)
		return p->s1 ? p->s1 : p->s0 ? p->s0 : "";
	if (which == INTRIN_PPFUNC) {
		function = ir_probe_function(p, &len);
		return arena_strndup(e->arena, function, len);
	}
	return which == INTRIN_PN && p->pn ? p->pn : p->point;
}

/* Points of all probes of the group, one entry each of entry bytes. */
static uint32_t point_table(struct emit *e, int64_t which, uint32_t n,
			    uint32_t entry)
{
	uint32_t first = e->g->probes.at[0], at;
	char *table = arena_array(e->arena, char, (size_t)n *entry);

	for (size_t k = 0; k < e->g->probes.len; k++) {
		uint32_t id = e->g->probes.at[k];
		const char *text = point_text(e, which, id);

		memcpy(table + (size_t)(id - first) * entry, text,
		       strnlen(text, entry - 1));
	}
	at = rodata_add(e->rodata, table, (size_t)n * entry);
	return at;
}

static void probe_point(struct emit *e, const struct ir_insn *i)
{
	uint32_t bound = e->flat.fn.regs.at[i->dst].bound, longest = 0;
	uint32_t first = e->g->probes.at[0];
	uint32_t n = vec_last(&e->g->probes) - first + 1;
	uint32_t known = code_label_new(&e->code);
	int64_t which = i->imm;
	struct strval s = { .kind = PLACE_CONST };
	int32_t off;
	int base = emit_str_base(e, i->dst, &off);

	for (size_t k = 0; k < e->g->probes.len; k++) {
		uint32_t id = e->g->probes.at[k];
		s.text = point_text(e, which, id);
		s.len = strnlen(s.text, bound - 1);
		if (s.len > longest)
			longest = (uint32_t)s.len;
	}
	s.bound = longest + 1;
	if (e->keep_probe) {
		uint32_t entry = (longest + 8) & ~7u;
		uint32_t table = point_table(e, which, n, entry);

		emit_probe_index(e, R3);
		code_alu_imm(&e->code, BPF_SUB, R3, (int32_t)first);
		code_jump_imm(&e->code, BPF_JLT, R3, (int32_t)n, known);
		code_const(&e->code, R3, 0);
		code_label(&e->code, known);
		code_alu_imm(&e->code, BPF_MUL, R3, (int32_t)entry);
		code_ref(&e->code, R2, REF_RODATA, table);
		code_alu(&e->code, BPF_ADD, R2, R3);
		s = (struct strval){ .kind = PLACE_REG,
				     .reg = R2,
				     .bound = entry };
	} else {
		code_label(&e->code, known);
	}
	emit_str_copy(e, base, off, bound, (bound + 7) & ~7u, &s);
}

static void returns_number(struct emit *e, const struct ir_insn *i)
{
	switch ((int)i->imm) {
	case INTRIN_CPU:
		code_call(&e->code, BPF_FUNC_get_smp_processor_id);
		emit_set(e, i->dst, R0);
		break;
	case INTRIN_TARGET:
		code_ref(&e->code, R1, REF_DATA,
			 offsetof(struct session_data, target));
		code_load(&e->code, BPF_DW, R0, R1, 0);
		emit_set(e, i->dst, R0);
		break;
	case INTRIN_KTIME_GET_NS:
		code_call(&e->code, BPF_FUNC_ktime_get_ns);
		emit_set(e, i->dst, R0);
		break;
	case INTRIN_GETTIMEOFDAY_S:
		wall_clock(e, i, 1000000000);
		break;
	case INTRIN_GETTIMEOFDAY_MS:
		wall_clock(e, i, 1000000);
		break;
	case INTRIN_GETTIMEOFDAY_US:
		wall_clock(e, i, 1000);
		break;
	case INTRIN_GETTIMEOFDAY_NS:
		wall_clock(e, i, 1);
		break;
	default:
		task_number(e, i);
		break;
	}
}

static void text_call(struct emit *e, const struct ir_insn *i, int kind)
{
	struct strval s = emit_str(e, i->args[0]);

	emit_text_record(e, kind, 0, i->loc, &s);
}

void emit_intrinsic(struct emit *e, const struct ir_insn *i)
{
	bool wanted =
		i->dst != IR_NONE && e->regs.places[i->dst].kind != PLACE_NONE;

	switch ((int)i->imm) {
	case INTRIN_EXIT:
		call_exit(e);
		return;
	case INTRIN_ABORT:
		call_exit(e);
		code_jump(&e->code, e->locked ? e->l_unlock : e->l_leave);
		return;
	case INTRIN_LOG:
		text_call(e, i, RECORD_LOG);
		return;
	case INTRIN_WARN:
		text_call(e, i, RECORD_WARN);
		return;
	case INTRIN_ERROR:
		emit_raise(e, i);
		return;
	case INTRIN_PID:
	case INTRIN_TID:
	case INTRIN_UID:
	case INTRIN_CPU:
	case INTRIN_TARGET:
	case INTRIN_GETTIMEOFDAY_S:
	case INTRIN_GETTIMEOFDAY_MS:
	case INTRIN_GETTIMEOFDAY_US:
	case INTRIN_GETTIMEOFDAY_NS:
	case INTRIN_KTIME_GET_NS:
	case INTRIN_GID:
		if (wanted)
			returns_number(e, i);
		return;
	case INTRIN_EXECNAME:
		if (wanted)
			execname(e, i);
		return;
	case INTRIN_PP:
	case INTRIN_PPFUNC:
	case INTRIN_PN:
	case INTRIN_CALL_NAME:
		if (wanted)
			probe_point(e, i);
		return;
	}
	if (intrinsics[i->imm].flags & INTRIN_IN_BPF && !wanted &&
	    !memory_read_of((enum intrinsic)i->imm))
		return;
	if (emit_memory_intrinsic(e, i) || emit_text_intrinsic(e, i) ||
	    emit_library(e, i))
		return;
	emit_refuse(e, "calls %s(), which BPF programs cannot do",
		    intrinsics[i->imm].script);
}
