/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the registers of a function lie in its frame: first what must read as
 * 0 when the function is entered, so that one memset does; then other longs;
 * then string slots. A register that is set in a block before each of its reads
 * there needs no clearing.
 */
#include "vm/internal.h"

#include "base/bug.h"

#include <stdlib.h>

/* Mark the registers that may be read before they are set. */
static bool *find_unset(const struct ir_fn *f)
{
	uint32_t n = (uint32_t)f->regs.len, b, i;
	bool *unset = xcalloc(n ? n : 1, sizeof(*unset));
	uint32_t *set_in = xcalloc(n ? n : 1, sizeof(*set_in));
	const struct ir_insn *insn;

	for (b = 0; b < f->blocks.len; b++) {
		vec_foreach(insn, &f->blocks.at[b].insns) {
			for (i = 0; i < insn->n_args; i++) {
				ir_reg r = insn->args[i];

				if (r < n && r >= f->n_params &&
				    set_in[r] != b + 1)
					unset[r] = true;
			}
			if (insn->dst < n)
				set_in[insn->dst] = b + 1;
		}
	}
	free(set_in);
	return unset;
}

/* Hand out the places of one kind of register. */
static uint64_t place(struct vm_fn *fn, uint64_t at, enum ir_type type,
		      const bool *unset, bool want_unset)
{
	uint32_t r;

	for (r = 0; r < fn->ir->regs.len; r++) {
		const struct ir_var *v = &fn->ir->regs.at[r];

		if (v->type != type || unset[r] != want_unset)
			continue;
		fn->reg_at[r] = (uint32_t)at;
		if (type == IR_STR && unset[r])
			vec_push(NULL, &fn->zero_slots, (uint32_t)at);
		if (type == IR_I64)
			at += 8;
		else
			at += (sizeof(struct vm_slot) + v->bound + 7) & ~7u;
		if (at > VM_MAX_FRAME)
			break;
	}
	return at;
}

bool vm_layout_fn(struct vm_fn *fn, struct strbuf *err)
{
	uint32_t n_regs = (uint32_t)fn->ir->regs.len;
	uint32_t n_iters = (uint32_t)fn->ir->iters.len, i;
	bool *unset = find_unset(fn->ir);
	uint64_t at = 0;

	fn->reg_at = xcalloc(n_regs ? n_regs : 1, sizeof(*fn->reg_at));
	fn->iter_at = xcalloc(n_iters ? n_iters : 1, sizeof(*fn->iter_at));
	for (i = 0; i < n_iters && at <= VM_MAX_FRAME; i++, at += 8)
		fn->iter_at[i] = (uint32_t)at;
	at = place(fn, at, IR_I64, unset, true);
	fn->zero_bytes = (uint32_t)at;
	at = place(fn, at, IR_I64, unset, false);
	at = place(fn, at, IR_STR, unset, true);
	at = place(fn, at, IR_STR, unset, false);
	free(unset);
	if (at > VM_MAX_FRAME) {
		strbuf_addf(err, "The variables of '%s' need more than %u MiB.",
			    fn->ir->name, VM_MAX_FRAME >> 20);
		return false;
	}
	fn->frame_bytes = (uint32_t)(at + 15) & ~15u;
	return true;
}
