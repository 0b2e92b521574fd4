/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads the table of attachments of a .bo (section ".spile.attach", laid out
 * in proto/attach.h). The bytes are untrusted; a table that opens is sound.
 */
#ifndef SPILE_PROTO_ATTACH_TABLE_H
#define SPILE_PROTO_ATTACH_TABLE_H

#include "proto/attach.h"

#include <stddef.h>

struct attach_table {
	const unsigned char *rows; /* n_rows rows, perhaps unaligned */
	uint32_t n_rows;
	const char *strings;
	uint32_t str_len;
};

/* Check all of the table: sizes, kinds, and that every string ends inside it.
 * The bytes are borrowed. 0, or -EINVAL. */
int attach_table_open(struct attach_table *t, const void *bytes, size_t size);

/* Row number i < n_rows. */
struct attach_row attach_table_row(const struct attach_table *t, uint32_t i);

/* The string at this offset of a row, or NULL for ATTACH_NO_STRING. */
const char *attach_table_string(const struct attach_table *t, uint32_t offset);

#endif
