/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Handlers of one point run as a group, at the place of its first member
 * (language.md 22.1).
 */
#ifndef SPILE_RUN_GROUPS_H
#define SPILE_RUN_GROUPS_H

#include "ir/ir.h"

struct probe_group {
	uint32_t first;        /* its first probe, for the parameters */
	VEC(uint32_t) probes;  /* in script order */
};

struct probe_groups {
	VEC(struct probe_group) list;
};

/* The groups of one attach kind, in script order. */
void groups_collect(struct probe_groups *g, const struct ir_prog *p,
		    enum attach_kind kind, struct arena *arena);

/* Order them for begin, end and error: by n0, equal ones as they were. */
void groups_sort(struct probe_groups *g, struct ir_prog *p);

#endif
