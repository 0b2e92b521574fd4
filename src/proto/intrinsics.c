/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "proto/intrinsics.h"

enum {
	FAULTS = INTRIN_FAULTS,
	EFFECT = INTRIN_EFFECT,
	IN_VM = INTRIN_IN_VM,
	LATE = INTRIN_LATE,
	IN_BPF = INTRIN_IN_BPF,
	IN_KMOD = INTRIN_IN_KMOD,
};

const struct intrinsic_info intrinsics[] = {
#define INTRIN(name, script, result, args, bound, flags)                      \
	{ script, result, args, bound, flags },
#include "proto/intrinsics.def"
#undef INTRIN
};

const unsigned intrinsic_count = sizeof(intrinsics) / sizeof(intrinsics[0]);
