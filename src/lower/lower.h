/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pass 3: typed program to IR.
 *
 * Everything the language means is decided here, once, for all executors:
 * order of evaluation, error edges, what counts as an action, which handler
 * takes the lock and when, what print calls turn into.
 */
#ifndef SPILE_LOWER_LOWER_H
#define SPILE_LOWER_LOWER_H

#include "base/diag.h"
#include "ir/ir.h"
#include "sema/sema.h"

struct lower_options {
	const char *name;           /* module name; borrowed */
	const char *runtime;        /* its name in messages; borrowed */
	struct limits limits;
	bool nesting_given;         /* else maxnesting follows from the calls */
	bool suppress_time_limits;  /* count no actions */
	bool timing;                /* -t: measure handlers */
};

/* Make the IR of an analysed program (in the arena). NULL if something in it
 * was reported with diag_error. The result passes ir_check(); string bounds are
 * the cap until ir_pass_bounds(). */
struct ir_prog *lower_program(struct arena *arena, const struct sema_prog *sp,
			      const struct lower_options *opt,
			      struct diag *diag);

#endif
