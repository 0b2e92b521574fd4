/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Instruction buffer; see code.h. Encodings are those of linux/bpf.h. */
#include "bpf/code.h"

#include "base/bug.h"

#include <errno.h>
#include <stdlib.h>

static void part_release(struct code_part *p)
{
	vec_release(&p->insns);
	vec_release(&p->relocs);
	vec_release(&p->fixups);
	vec_release(&p->notes);
	vec_release(&p->cores);
}

void code_release(struct code *c)
{
	for (unsigned i = 0; i < CODE_PARTS; i++)
		part_release(&c->part[i]);
	vec_release(&c->labels);
	c->cur = 0;
}

static struct code_part *current(struct code *c)
{
	return &c->part[c->cur];
}

static uint32_t here(struct code *c)
{
	return (uint32_t)current(c)->insns.len;
}

unsigned code_part(struct code *c, unsigned part)
{
	unsigned before = c->cur;

	c->cur = part;
	return before;
}

uint32_t code_label_new(struct code *c)
{
	vec_push(NULL, &c->labels, (struct code_label){ 0 });
	return (uint32_t)(c->labels.len - 1);
}

void code_label(struct code *c, uint32_t label)
{
	struct code_label *l = &c->labels.at[label];

	BUG_ON(l->placed);
	*l = (struct code_label){ true, c->cur, here(c) };
}

void code_note(struct code *c, const char *text)
{
	vec_push(NULL, &current(c)->notes, (struct code_note){ here(c), text });
}

static void put(struct code *c, int opcode, int dst, int src, int32_t off,
		int32_t imm)
{
	BUG_ON(off != (int16_t)off);
	vec_push(NULL, &current(c)->insns,
		 (struct bpf_insn){
			 .code = (uint8_t)opcode,
			 .dst_reg = (unsigned)dst & 15u,
			 .src_reg = (unsigned)src & 15u,
			 .off = (int16_t)off,
			 .imm = imm,
		 });
}

void code_alu(struct code *c, int op, int dst, int src)
{
	put(c, BPF_ALU64 | op | BPF_X, dst, src, 0, 0);
}

void code_alu_imm(struct code *c, int op, int dst, int32_t imm)
{
	put(c, BPF_ALU64 | op | BPF_K, dst, 0, 0, imm);
}

void code_swap64(struct code *c, int dst)
{
	put(c, BPF_ALU | BPF_END | BPF_TO_BE, dst, 0, 0, 64);
}

void code_mov(struct code *c, int dst, int src)
{
	if (dst != src)
		code_alu(c, BPF_MOV, dst, src);
}

static void put64(struct code *c, int dst, int src, uint32_t lo, uint32_t hi)
{
	put(c, BPF_LD | BPF_IMM | BPF_DW, dst, src, 0, (int32_t)lo);
	put(c, 0, 0, 0, 0, (int32_t)hi);
}

void code_const(struct code *c, int dst, int64_t value)
{
	if (value == (int32_t)value)
		code_alu_imm(c, BPF_MOV, dst, (int32_t)value);
	else
		put64(c, dst, 0, (uint32_t)value,
		      (uint32_t)((uint64_t)value >> 32));
}

void code_ref(struct code *c, int dst, uint32_t ref, uint32_t offset)
{
	vec_push(NULL, &current(c)->relocs,
		 (struct code_reloc){ here(c), ref });
	/* libbpf sets the kind of reference, and reads a block's offset from
	 * the first immediate. */
	put64(c, dst, ref == REF_BODY || ref == REF_WALK ? BPF_PSEUDO_FUNC : 0, offset, 0);
}

void code_load(struct code *c, int size, int dst, int base, int32_t off)
{
	put(c, BPF_LDX | BPF_MEM | size, dst, base, off, 0);
}

void code_store(struct code *c, int size, int base, int32_t off, int src)
{
	put(c, BPF_STX | BPF_MEM | size, base, src, off, 0);
}

void code_store_imm(struct code *c, int size, int base, int32_t off,
		    int32_t imm)
{
	put(c, BPF_ST | BPF_MEM | size, base, 0, off, imm);
}

void code_atomic(struct code *c, int size, int op, int base, int32_t off,
		 int src)
{
	put(c, BPF_STX | BPF_ATOMIC | size, base, src, off, op);
}

static void fixup(struct code *c, uint32_t label)
{
	vec_push(NULL, &current(c)->fixups,
		 (struct code_fixup){ here(c), label });
}

void code_jump(struct code *c, uint32_t label)
{
	fixup(c, label);
	put(c, BPF_JMP | BPF_JA, 0, 0, 0, 0);
}

void code_jump_if(struct code *c, int op, int dst, int src, uint32_t label)
{
	fixup(c, label);
	put(c, BPF_JMP | op | BPF_X, dst, src, 0, 0);
}

void code_jump_imm(struct code *c, int op, int dst, int32_t imm, uint32_t label)
{
	fixup(c, label);
	put(c, BPF_JMP | op | BPF_K, dst, 0, 0, imm);
}

void code_call(struct code *c, int helper)
{
	put(c, BPF_JMP | BPF_CALL, 0, 0, 0, helper);
}

void code_exit(struct code *c)
{
	put(c, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

void code_core(struct code *c, uint32_t which)
{
	vec_push(NULL, &current(c)->cores,
		 (struct code_core){ here(c) - 1, which });
}

/* Move a part behind the hot one. */
static void join(struct code *c, unsigned part)
{
	struct code_part *hot = &c->part[0], *cold = &c->part[part];
	uint32_t base = (uint32_t)hot->insns.len;
	struct code_label *l;

	vec_foreach(l, &c->labels) {
		if (l->part != part)
			continue;
		l->insn += base;
		l->part = CODE_HOT;
	}
	for (size_t i = 0; i < cold->insns.len; i++)
		vec_push(NULL, &hot->insns, cold->insns.at[i]);
	for (size_t i = 0; i < cold->relocs.len; i++) {
		struct code_reloc r = cold->relocs.at[i];

		r.insn += base;
		vec_push(NULL, &hot->relocs, r);
	}
	for (size_t i = 0; i < cold->fixups.len; i++) {
		struct code_fixup f = cold->fixups.at[i];

		f.insn += base;
		vec_push(NULL, &hot->fixups, f);
	}
	for (size_t i = 0; i < cold->notes.len; i++) {
		struct code_note n = cold->notes.at[i];

		n.insn += base;
		vec_push(NULL, &hot->notes, n);
	}
	for (size_t i = 0; i < cold->cores.len; i++) {
		struct code_core r = cold->cores.at[i];

		r.insn += base;
		vec_push(NULL, &hot->cores, r);
	}
	part_release(cold);
	c->cur = 0;
}

static bool is_jump(const struct bpf_insn *i)
{
	return BPF_CLASS(i->code) == BPF_JMP && BPF_OP(i->code) != BPF_CALL &&
	       BPF_OP(i->code) != BPF_EXIT;
}

static bool falls_through(const struct bpf_insn *i)
{
	return i->code != (BPF_JMP | BPF_JA) && i->code != (BPF_JMP | BPF_EXIT);
}

static bool is_wide(const struct bpf_insn *i)
{
	return i->code == (BPF_LD | BPF_IMM | BPF_DW);
}

#define NO_TARGET UINT32_MAX

/* The instruction each jump goes to; NO_TARGET for all others. */
static uint32_t *jump_targets(const struct code *c)
{
	const struct code_part *p = &c->part[0];
	uint32_t *target = xcalloc(p->insns.len + 1, sizeof(*target));

	for (size_t i = 0; i < p->insns.len; i++)
		target[i] = NO_TARGET;
	for (size_t i = 0; i < p->fixups.len; i++) {
		const struct code_label *l =
			&c->labels.at[p->fixups.at[i].label];

		BUG_ON(!l->placed || l->insn >= p->insns.len);
		target[p->fixups.at[i].insn] = l->insn;
	}
	return target;
}

/* keep[i] for every instruction some path from the first reaches. */
static void mark_reached(const struct code_part *p, const uint32_t *target,
			 bool *keep)
{
	VEC(uint32_t) todo = { 0 };

	vec_push(NULL, &todo, 0);
	while (todo.len) {
		uint32_t i = todo.at[--todo.len];

		while (i < p->insns.len && !keep[i]) {
			const struct bpf_insn *in = &p->insns.at[i];

			keep[i] = true;
			if (is_wide(in))
				keep[++i] = true;
			if (is_jump(in) && target[i] != NO_TARGET)
				vec_push(NULL, &todo, target[i]);
			if (!falls_through(in))
				break;
			i++;
		}
	}
	vec_release(&todo);
}

/* Drop jumps that only skip dropped instructions. */
static void drop_empty_jumps(const struct code_part *p, const uint32_t *target,
			     bool *keep)
{
	for (size_t i = p->insns.len; i-- > 0;) {
		size_t next = i + 1;

		if (!keep[i] || p->insns.at[i].code != (BPF_JMP | BPF_JA) ||
		    target[i] == NO_TARGET || target[i] <= i)
			continue;
		while (next < p->insns.len && next < target[i] && !keep[next])
			next++;
		if (next == target[i])
			keep[i] = false;
	}
}

/* new_at[i]: the number instruction i, or the next one kept, gets. */
static void compact(struct code_part *p, const bool *keep, uint32_t *new_at)
{
	uint32_t n = 0;
	size_t r = 0, k = 0, x = 0;

	for (size_t i = 0; i < p->insns.len; i++) {
		new_at[i] = n;
		if (keep[i])
			p->insns.at[n++] = p->insns.at[i];
	}
	new_at[p->insns.len] = n;
	for (size_t i = 0; i < p->relocs.len; i++) {
		if (keep[p->relocs.at[i].insn]) {
			p->relocs.at[r] = p->relocs.at[i];
			p->relocs.at[r].insn = new_at[p->relocs.at[r].insn];
			r++;
		}
	}
	p->relocs.len = r;
	for (size_t i = 0; i < p->cores.len; i++) {
		if (keep[p->cores.at[i].insn]) {
			p->cores.at[x] = p->cores.at[i];
			p->cores.at[x].insn = new_at[p->cores.at[x].insn];
			x++;
		}
	}
	p->cores.len = x;
	for (size_t i = 0; i < p->notes.len; i++) {
		uint32_t at = p->notes.at[i].insn;

		if (at < p->insns.len && keep[at]) {
			p->notes.at[k] = p->notes.at[i];
			p->notes.at[k++].insn = new_at[at];
		}
	}
	p->notes.len = k;
	p->insns.len = n;
}

int code_finish(struct code *c)
{
	struct code_part *p = &c->part[0];
	uint32_t *target, *new_at;
	bool *keep;
	int rc = 0;

	join(c, CODE_COLD);
	join(c, CODE_STUBS);
	target = jump_targets(c);
	keep = xcalloc(p->insns.len + 1, sizeof(*keep));
	new_at = xcalloc(p->insns.len + 1, sizeof(*new_at));
	mark_reached(p, target, keep);
	drop_empty_jumps(p, target, keep);
	compact(p, keep, new_at);
	for (size_t i = 0; i < p->fixups.len; i++) {
		uint32_t old = p->fixups.at[i].insn;
		int64_t off;

		if (!keep[old])
			continue;
		off = (int64_t)new_at[target[old]] - new_at[old] - 1;
		if (off != (int16_t)off)
			rc = -E2BIG;
		p->insns.at[new_at[old]].off = (int16_t)off;
	}
	p->fixups.len = 0;
	free(target);
	free(keep);
	free(new_at);
	return rc;
}
