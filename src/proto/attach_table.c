/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "proto/attach_table.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

static bool string_ok(const struct attach_table *t, uint32_t offset)
{
	return offset == ATTACH_NO_STRING || offset < t->str_len;
}

static bool row_ok(const struct attach_table *t, const struct attach_row *r)
{
	return r->kind < attach_kind_count &&
	       attach_kind_where[r->kind] == ATTACH_IN_KERNEL &&
	       r->program != ATTACH_NO_STRING && string_ok(t, r->program) &&
	       string_ok(t, r->s0) && string_ok(t, r->s1);
}

int attach_table_open(struct attach_table *t, const void *bytes, size_t size)
{
	struct attach_header h;
	size_t rows_size;
	uint32_t i;

	if (size < sizeof(h))
		return -EINVAL;
	memcpy(&h, bytes, sizeof(h));
	size -= sizeof(h);
	if (h.magic != ATTACH_MAGIC || h.version != ATTACH_VERSION ||
	    h.n_rows > ATTACH_MAX_ROWS)
		return -EINVAL;
	rows_size = h.n_rows * sizeof(struct attach_row);
	if (rows_size > size || h.str_len > size - rows_size)
		return -EINVAL;
	t->rows = (const unsigned char *)bytes + sizeof(h);
	t->n_rows = h.n_rows;
	t->strings = (const char *)t->rows + rows_size;
	t->str_len = h.str_len;
	/* With a NUL at the very end no string can run out of the table. */
	if (t->str_len && t->strings[t->str_len - 1])
		return -EINVAL;
	for (i = 0; i < t->n_rows; i++) {
		struct attach_row r = attach_table_row(t, i);

		if (!row_ok(t, &r))
			return -EINVAL;
	}
	return 0;
}

struct attach_row attach_table_row(const struct attach_table *t, uint32_t i)
{
	struct attach_row r;

	memcpy(&r, t->rows + i * sizeof(r), sizeof(r));
	return r;
}

const char *attach_table_string(const struct attach_table *t, uint32_t offset)
{
	return offset == ATTACH_NO_STRING ? NULL : t->strings + offset;
}
