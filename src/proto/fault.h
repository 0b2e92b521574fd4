/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads and writes of memory that can fail: what messages say, and the
 * intrinsics that are nothing but a read of one number.
 */
#ifndef SPILE_PROTO_FAULT_H
#define SPILE_PROTO_FAULT_H

#include "base/memory.h"
#include "proto/intrinsics.h"

enum fault {
#define FAULT(name, before, after) FAULT_##name,
#include "proto/fault.def"
#undef FAULT
};
#define FAULT_NONE (-1) /* reads 0 instead */

extern const unsigned fault_count;
/* The message is before, the address as "0x…" in hexadecimal, after. */
struct fault_text {
	const char *before, *after;
};
extern const struct fault_text fault_texts[]; /* by enum fault */

struct memory_read {
	uint8_t access;  /* enum mem_access */
	int8_t fault;    /* enum fault, or FAULT_NONE */
};

/* What an intrinsic reads at the address that is its argument; NULL: it is no
 * such one. */
const struct memory_read *memory_read_of(enum intrinsic id);

#endif
