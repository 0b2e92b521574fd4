/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Listing of BPF code: one line an instruction, in the C-like notation that
 * bpftool and llvm-objdump use, with the notes of the emitter between them.
 */
#include "base/bug.h"
#include "bpf/code.h"

static const char *const size_name[] = { "u32", "u16", "u8", "u64" };

static const char *mem_size(const struct bpf_insn *i)
{
	return size_name[BPF_SIZE(i->code) >> 3];
}

static const char *alu_text(int op)
{
	static const char *const text[] = {
		"+=",  "-=", "*=", "/=", "|=", "&=",   "<<=",
		">>=", "",   "%=", "^=", "=",  "s>>=",
	};
	unsigned at = (unsigned)op >> 4;

	return at < ARRAY_SIZE(text) ? text[at] : "?";
}

static const char *jump_text(int op)
{
	static const char *const text[] = {
		"",    "==", ">", ">=", "&",  "!=", "s>",
		"s>=", "",   "",  "<",  "<=", "s<", "s<=",
	};
	unsigned at = (unsigned)op >> 4;

	return at < ARRAY_SIZE(text) ? text[at] : "?";
}

static const char *helper_name(int id)
{
	static const struct {
		int id;
		const char *name;
	} names[] = {
		{ BPF_FUNC_map_lookup_elem, "map_lookup_elem" },
		{ BPF_FUNC_map_update_elem, "map_update_elem" },
		{ BPF_FUNC_map_delete_elem, "map_delete_elem" },
		{ BPF_FUNC_ktime_get_ns, "ktime_get_ns" },
		{ BPF_FUNC_get_smp_processor_id, "get_smp_processor_id" },
		{ BPF_FUNC_get_current_pid_tgid, "get_current_pid_tgid" },
		{ BPF_FUNC_get_current_uid_gid, "get_current_uid_gid" },
		{ BPF_FUNC_get_current_comm, "get_current_comm" },
		{ BPF_FUNC_probe_read_kernel, "probe_read_kernel" },
		{ BPF_FUNC_probe_read_kernel_str, "probe_read_kernel_str" },
		{ BPF_FUNC_ringbuf_reserve, "ringbuf_reserve" },
		{ BPF_FUNC_ringbuf_submit, "ringbuf_submit" },
		{ BPF_FUNC_snprintf, "snprintf" },
		{ BPF_FUNC_loop, "loop" },
		{ BPF_FUNC_jiffies64, "jiffies64" },
		{ BPF_FUNC_get_prandom_u32, "get_prandom_u32" },
		{ BPF_FUNC_get_current_task, "get_current_task" },
		{ BPF_FUNC_get_attach_cookie, "get_attach_cookie" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (names[i].id == id)
			return names[i].name;
	}
	return "helper";
}

static void list_alu(const struct bpf_insn *i, struct strbuf *out)
{
	int op = BPF_OP(i->code);

	if (op == BPF_END)
		strbuf_addf(out, "r%d = be64 r%d", i->dst_reg, i->dst_reg);
	else if (op == BPF_NEG)
		strbuf_addf(out, "r%d = -r%d", i->dst_reg, i->dst_reg);
	else if (BPF_SRC(i->code) == BPF_X)
		strbuf_addf(out, "r%d %s r%d", i->dst_reg, alu_text(op),
			    i->src_reg);
	else
		strbuf_addf(out, "r%d %s %d", i->dst_reg, alu_text(op), i->imm);
}

static void list_jump(const struct bpf_insn *i, size_t at, struct strbuf *out)
{
	int op = BPF_OP(i->code);
	long to = (long)at + 1 + i->off;

	if (op == BPF_EXIT)
		strbuf_addstr(out, "exit");
	else if (op == BPF_CALL)
		strbuf_addf(out, "call %s", helper_name(i->imm));
	else if (op == BPF_JA)
		strbuf_addf(out, "goto %ld", to);
	else if (BPF_SRC(i->code) == BPF_X)
		strbuf_addf(out, "if r%d %s r%d goto %ld", i->dst_reg,
			    jump_text(op), i->src_reg, to);
	else
		strbuf_addf(out, "if r%d %s %d goto %ld", i->dst_reg,
			    jump_text(op), i->imm, to);
}

static void list_store(const struct bpf_insn *i, struct strbuf *out)
{
	if (BPF_CLASS(i->code) == BPF_ST)
		strbuf_addf(out, "*(%s *)(r%d %+d) = %d", mem_size(i),
			    i->dst_reg, i->off, i->imm);
	else if (BPF_MODE(i->code) != BPF_ATOMIC)
		strbuf_addf(out, "*(%s *)(r%d %+d) = r%d", mem_size(i),
			    i->dst_reg, i->off, i->src_reg);
	else if (i->imm == BPF_CMPXCHG)
		strbuf_addf(out, "r0 = cmpxchg(*(%s *)(r%d %+d), r0, r%d)",
			    mem_size(i), i->dst_reg, i->off, i->src_reg);
	else if (i->imm & BPF_FETCH)
		strbuf_addf(out, "r%d = fetch_add(*(%s *)(r%d %+d), r%d)",
			    i->src_reg, mem_size(i), i->dst_reg, i->off,
			    i->src_reg);
	else
		strbuf_addf(out, "lock *(%s *)(r%d %+d) += r%d", mem_size(i),
			    i->dst_reg, i->off, i->src_reg);
}

static void list_insn(const struct bpf_insn *i, size_t at, struct strbuf *out)
{
	switch (BPF_CLASS(i->code)) {
	case BPF_ALU:
	case BPF_ALU64:
		list_alu(i, out);
		break;
	case BPF_JMP:
	case BPF_JMP32:
		list_jump(i, at, out);
		break;
	case BPF_LDX:
		strbuf_addf(out, "r%d = *(%s *)(r%d %+d)", i->dst_reg,
			    mem_size(i), i->src_reg, i->off);
		break;
	case BPF_ST:
	case BPF_STX:
		list_store(i, out);
		break;
	case BPF_LD:
		strbuf_addf(out, "r%d = 0x%llx ll", i->dst_reg,
			    (unsigned long long)(uint32_t)i[1].imm << 32 |
				    (uint32_t)i->imm);
		break;
	}
}

void code_list(const struct code *c,
	       const char *(*ref_name)(void *ctx, uint32_t ref), void *ctx,
	       struct strbuf *out)
{
	const struct code_part *p = &c->part[0];
	size_t note = 0, ref = 0;

	for (size_t i = 0; i < p->insns.len; i++) {
		const struct bpf_insn *in = &p->insns.at[i];

		for (; note < p->notes.len && p->notes.at[note].insn <= i;
		     note++)
			strbuf_addf(out, "\t; %s\n", p->notes.at[note].text);
		strbuf_addf(out, "%6zu: ", i);
		if (ref < p->relocs.len && p->relocs.at[ref].insn == i) {
			strbuf_addf(out, "r%d = %s + %d ll", in->dst_reg,
				    ref_name(ctx, p->relocs.at[ref].ref),
				    in->imm);
			ref++;
		} else {
			list_insn(in, i, out);
		}
		strbuf_addch(out, '\n');
		if (in->code == (BPF_LD | BPF_IMM | BPF_DW))
			i++;
	}
}
