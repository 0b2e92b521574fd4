/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of intrinsics; see intrinsics.def. */
#ifndef SPILE_PROTO_INTRINSICS_H
#define SPILE_PROTO_INTRINSICS_H

#include <stdint.h>

enum intrinsic {
#define INTRIN(name, script, result, args, bound, flags) INTRIN_##name,
#include "proto/intrinsics.def"
#undef INTRIN
};

enum intrinsic_flags {
	INTRIN_FAULTS = 1,
	INTRIN_EFFECT = 2,
	INTRIN_IN_VM = 4,
	INTRIN_IN_BPF = 8,
	INTRIN_IN_KMOD = 16,
	INTRIN_LATE = 32,
};

struct intrinsic_info {
	const char *script; /* name in scripts */
	char result;        /* 'v' 'i' 's' */
	const char *args;   /* "is…" */
	uint32_t bound;
	uint32_t flags;     /* enum intrinsic_flags */
};

extern const unsigned intrinsic_count;
extern const struct intrinsic_info intrinsics[]; /* by enum intrinsic */

#endif
