/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "proto/fault.h"

#include <stddef.h>

const struct fault_text fault_texts[] = {
#define FAULT(name, before, after) { before, after },
#include "proto/fault.def"
#undef FAULT
};
const unsigned fault_count = sizeof(fault_texts) / sizeof(fault_texts[0]);

/* In the order of reads.def, which is that of enum intrinsic. */
static const struct memory_read reads[] = {
#define READ(name, script, access, fault, flags) { access, fault },
#include "proto/reads.def"
#undef READ
};

const struct memory_read *memory_read_of(enum intrinsic id)
{
	unsigned i = (unsigned)id - INTRIN_KERNEL_CHAR;

	if (id < INTRIN_KERNEL_CHAR || i >= sizeof(reads) / sizeof(reads[0]))
		return NULL;
	return &reads[i];
}
