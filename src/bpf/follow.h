/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Following the target's children: two small programs, not made from IR, that
 * keep the map of targets in step with fork and exit.
 */
#ifndef SPILE_BPF_FOLLOW_H
#define SPILE_BPF_FOLLOW_H

#include "bpf/code.h"

struct follow_program {
	const char *name, *section, *tracepoint;
	void (*emit)(struct code *c);
};

enum { FOLLOW_FORK, FOLLOW_EXIT, FOLLOW_PROGRAMS };
extern const struct follow_program follow_programs[FOLLOW_PROGRAMS];

#endif
