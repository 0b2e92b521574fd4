/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Target variables that BTF tells of: arguments of functions and tracepoints. */
#ifndef SPILE_PROBE_BTF_VARS_H
#define SPILE_PROBE_BTF_VARS_H

#include "probe/probe.h"
#include "symbols/btf_types.h"

enum btf_vars_kind {
	BTF_VARS_TRACEPOINT, /* raw arguments by the names of the prototype */
	BTF_VARS_NUMBERED,   /* the same as $arg1, $arg2 … */
	BTF_VARS_ENTRY,      /* of a function, in registers */
	BTF_VARS_RETURN,     /* its result; parameters as they were at entry */
};

/* The variables of a function or tracepoint of the kernel (module NULL) or a
 * module; its prototype is looked for when one is asked for. name is $$name,
 * system $$system (NULL: not known); all are borrowed. */
struct scope_vars *btf_vars_new(struct resolve *r, enum btf_vars_kind kind,
				const char *module, const char *name,
				const char *system);
/* The prototype; NULL: none is known, there are no variables. */
const struct ctype *btf_vars_prototype(struct scope_vars *vars);

#endif
