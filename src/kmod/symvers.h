/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads Module.symvers: what a kernel exports, and the checksum of each. */
#ifndef SPILE_KMOD_SYMVERS_H
#define SPILE_KMOD_SYMVERS_H

#include "base/strbuf.h"

#include <stdbool.h>
#include <stdint.h>

struct symvers_want {
	const char *name;
	uint32_t crc; /* 0 in kernels without CONFIG_MODVERSIONS */
	bool found;
};

/* Look n symbols up, in any order; sorts them by name. What is not exported
 * keeps found false. 0, or -EINVAL with one sentence for a file that is cut off
 * or no list of symbols at all. */
int symvers_find(const char *text, size_t len, struct symvers_want *want,
		 size_t n, struct strbuf *err);

#endif
