/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symbols/btf.h"

#include <errno.h>
#include <string.h>

#define MAGIC 0xeb9f

/* Kinds, with what follows the common 12 bytes: extra bytes and bytes for each
 * of the vlen members. */
static const struct {
	uint8_t extra, each;
} kinds[] = {
	[1] = { 4, 0 },   /* int */
	[2] = { 0, 0 },   /* pointer */
	[3] = { 12, 0 },  /* array */
	[4] = { 0, 12 },  /* struct */
	[5] = { 0, 12 },  /* union */
	[6] = { 0, 8 },   /* enum */
	[7] = { 0, 0 },   /* forward */
	[8] = { 0, 0 },   /* typedef */
	[9] = { 0, 0 },   /* volatile */
	[10] = { 0, 0 },  /* const */
	[11] = { 0, 0 },  /* restrict */
	[12] = { 0, 0 },  /* function */
	[13] = { 0, 8 },  /* prototype */
	[14] = { 4, 0 },  /* variable */
	[15] = { 0, 12 }, /* section */
	[16] = { 0, 0 },  /* float */
	[17] = { 4, 0 },  /* declaration tag */
	[18] = { 0, 0 },  /* type tag */
	[19] = { 0, 12 }, /* enum of 64 bits */
};
enum {
	KIND_TYPEDEF = 8
};

struct header {
	uint16_t magic;
	uint8_t version, flags;
	uint32_t hdr_len;
	uint32_t type_off, type_len; /* offsets count from behind the header */
	uint32_t str_off, str_len;
};

int btf_open(const void *bytes, size_t len, struct btf_view *out)
{
	const unsigned char *base = bytes;
	struct header h;
	size_t room;

	if (len < sizeof(h))
		return -EINVAL;
	memcpy(&h, bytes, sizeof(h));
	if (h.magic != MAGIC || h.version != 1 || h.hdr_len < sizeof(h) ||
	    h.hdr_len > len)
		return -EINVAL;
	room = len - h.hdr_len;
	base += h.hdr_len;
	if (h.type_off > room || h.type_len > room - h.type_off ||
	    h.str_off > room || h.str_len > room - h.str_off || !h.str_len)
		return -EINVAL;
	out->types = base + h.type_off;
	out->types_len = h.type_len;
	out->strings = (const char *)base + h.str_off;
	out->strings_len = h.str_len;
	return out->strings[h.str_len - 1] ? -EINVAL : 0;
}

int btf_each_type(const struct btf_view *v,
		  void (*fn)(void *ctx, size_t offset), void *ctx)
{
	size_t at = 0, size;
	uint32_t row[3], kind; /* name, info, size or type */

	while (at < v->types_len) {
		if (v->types_len - at < sizeof(row))
			return -EINVAL;
		memcpy(row, v->types + at, sizeof(row));
		kind = row[1] >> 24 & 0x1f;
		if (!kind || kind >= sizeof(kinds) / sizeof(kinds[0]))
			return -EINVAL;
		size = sizeof(row) + kinds[kind].extra +
		       (size_t)(row[1] & 0xffff) * kinds[kind].each;
		if (size > v->types_len - at)
			return -EINVAL;
		fn(ctx, at);
		at += size;
	}
	return 0;
}

struct each_typedef {
	const struct btf_view *v;
	const char *prefix;
	size_t prefix_len;
	void (*fn)(void *ctx, const char *name);
	void *ctx;
};

static void see_type(void *ctx, size_t offset)
{
	const struct each_typedef *e = ctx;
	uint32_t row[2];
	const char *name;

	memcpy(row, e->v->types + offset, sizeof(row));
	if ((row[1] >> 24 & 0x1f) != KIND_TYPEDEF ||
	    row[0] >= e->v->strings_len)
		return;
	name = e->v->strings + row[0];
	if (!strncmp(name, e->prefix, e->prefix_len))
		e->fn(e->ctx, name);
}

int btf_each_typedef(const struct btf_view *v, const char *prefix,
		     void (*fn)(void *ctx, const char *name), void *ctx)
{
	struct each_typedef e = { v, prefix, strlen(prefix), fn, ctx };

	return btf_each_type(v, see_type, &e);
}
