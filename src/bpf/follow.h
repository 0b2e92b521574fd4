/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Following the target's children: two small programs, not made from IR, that
 * keep the map of targets in step with fork and exit.
 */
#ifndef SPILE_BPF_FOLLOW_H
#define SPILE_BPF_FOLLOW_H

#include "bpf/btf.h"
#include "bpf/code.h"

/* Kernel structure members that the programs ask for (code_core()). */
enum follow_member { FOLLOW_TGID, FOLLOW_SIGNAL, FOLLOW_LIVE };

/* Local BTF types with those members. */
struct follow_types {
	uint32_t task, signal;
};

struct follow_program {
	const char *name, *section, *tracepoint;
	void (*emit)(struct code *c);
};

#define FOLLOW_PROGRAMS 2
extern const struct follow_program follow_programs[FOLLOW_PROGRAMS];

/* Add the types to the object's BTF. */
void follow_types(struct btf_writer *b, struct follow_types *t);
/* Ask for the relocation of one place (enum follow_member). */
void follow_relocate(struct btf_writer *b, const struct follow_types *t,
		     const char *section, uint32_t insn_off, uint32_t which);

#endif
