/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where globals live when kernel handlers share them (proto/session.h).
 *
 * Derived from the IR program alone, so that the emitter and stapio agree
 * without a table of their own. Requires ir_check() and final bounds.
 */
#ifndef SPILE_IR_LAYOUT_H
#define SPILE_IR_LAYOUT_H

#include "ir/ir.h"

struct ir_layout {
	bool any_kernel;     /* some probe needs the kernel's context */
	bool *kernel_fn;     /* by function: reached from a kernel handler */
	bool *user_fn;       /* by function: reached from a user-space handler,
			      * or from a function called later */
	bool *later_fn;      /* by function: kernel handlers have it called */
	bool *shared;        /* by global: used by a kernel handler */
	uint32_t *offset;    /* by global: of a shared scalar in the block */
	uint32_t size;       /* bytes of the whole session block */
	/* By format, then by argument: the bound that sizes a string's field in
	 * a record (proto/record.h). It is the largest of all kernel handlers'
	 * prints of that format, because they share its id. NULL: never printed
	 * in the kernel. */
	uint32_t **record_bound;
};

/* Work it out; the arrays live in the arena. */
void ir_layout_init(struct ir_layout *l, const struct ir_prog *p,
		    struct arena *arena);

/* Bytes of a value of this type and bound in the block or in a map. */
uint32_t ir_value_bytes(enum ir_type type, uint32_t bound);
/* Bytes of an array's whole key, and where key number i starts in it. */
uint32_t ir_key_bytes(const struct ir_global *g);
uint32_t ir_key_offset(const struct ir_global *g, uint32_t i);
/* Bytes of one struct stat_value of this global. */
uint32_t ir_stat_bytes(const struct ir_stat *s);
/* Bytes of an array's map value: the sequence number and the value. */
uint32_t ir_map_value_bytes(const struct ir_global *g);

#endif
