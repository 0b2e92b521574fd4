/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the two halves of the checker. */
#ifndef SPILE_IR_IR_CHECK_H
#define SPILE_IR_IR_CHECK_H

#include "ir/ir.h"

/* Where the checker is, for messages. */
struct ir_check {
	const struct ir_prog *p;
	const struct ir_fn *f;
	const struct ir_insn *in; /* or NULL */
	uint32_t block, index;
	struct strbuf *err;
};

/* Append "Function 'f', block b1, instruction 2 (div): TEXT."; always false. */
bool ir_check_fail(struct ir_check *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* ir_flow.c: follow iterations, the lock and the pending error along all ways
 * through c->f, whose instructions are right one by one. */
bool ir_check_flow(struct ir_check *c);

#endif
