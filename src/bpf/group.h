/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which probes share a BPF program.
 *
 * System call probes with the same handler share one program with a gate on the
 * call number, so that a call costs one program and not hundreds. Uprobes and
 * perf events with the same handler share one that asks for the probe's index
 * (the attach cookie) if it needs it. Each raw tracepoint has a program of its
 * own.
 */
#ifndef SPILE_BPF_GROUP_H
#define SPILE_BPF_GROUP_H

#include "base/arena.h"
#include "ir/ir.h"

struct group {
	enum attach_kind kind;
	uint32_t fn;
	bool target_only;
	int64_t n0, n1, n2;    /* of the first probe */
	VEC(uint32_t) probes;  /* indices, ascending; at least one */
	const char *program;   /* name of the BPF program */
	const char *section;   /* its ELF section, as libbpf wants it */
};

struct groups {
	VEC(struct group) v;
};

/* Group all probes of kernel attach kinds. */
void groups_init(struct groups *gs, struct arena *arena,
		 const struct ir_prog *p);

#endif
