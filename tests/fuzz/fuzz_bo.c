/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzz target: what staprun and stapio read of a .bo without a library. */
#include "proto/attach_table.h"
#include "proto/elfsec.h"
#include "proto/session.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Use every string of a table that opened, as the loader would. */
static size_t walk_table(const struct attach_table *t)
{
	size_t total = 0;
	uint32_t i;

	for (i = 0; i < t->n_rows; i++) {
		struct attach_row r = attach_table_row(t, i);
		const char *s0 = attach_table_string(t, r.s0);
		const char *s1 = attach_table_string(t, r.s1);

		total += strlen(attach_table_string(t, r.program));
		total += (s0 ? strlen(s0) : 0) + (s1 ? strlen(s1) : 0);
	}
	return total;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct attach_table t;
	struct elfsec s;
	volatile size_t sink = 0;

	sink += elfsec_is_bpf(data, size);
	if (!elfsec_find(data, size, SESSION_ATTACH_SECTION, &s) &&
	    !attach_table_open(&t, s.data, s.size))
		sink += walk_table(&t);
	/* The table alone as well: an ELF around it is hard to guess. */
	if (!attach_table_open(&t, data, size))
		sink += walk_table(&t);
	return 0;
}
