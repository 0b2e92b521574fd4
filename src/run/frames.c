/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/frames.h"

#include "proto/control.h"

#include <string.h>

#define MAGIC_LEN 4

static bool is_good_len(uint32_t len)
{
	return len && len <= TRACE_MAX_PAYLOAD;
}

static enum frame_kind take_payload(const char *bytes, size_t len,
				    size_t header, struct frame *f)
{
	if (len - header < f->len)
		return FRAME_PARTIAL;
	f->text = bytes + header;
	f->size = header + f->len;
	return FRAME_WHOLE;
}

static enum frame_kind parse_old(const char *bytes, size_t len,
				 struct frame *f)
{
	struct trace_header_old h;

	if (len < sizeof(h))
		return FRAME_PARTIAL;
	memcpy(&h, bytes, sizeof(h));
	f->sequence = h.sequence;
	f->len = h.len;
	if (is_good_len(h.len))
		return take_payload(bytes, len, sizeof(h), f);
	/* Where the next one starts cannot be known. */
	f->size = len;
	return FRAME_GARBAGE;
}

/* Bytes before the next place where the magic number may start. */
static size_t find_magic(const char *bytes, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		size_t rest = len - i < MAGIC_LEN ? len - i : MAGIC_LEN;

		if (!memcmp(bytes + i, TRACE_MAGIC_BYTES, rest))
			break;
	}
	return i;
}

static enum frame_kind parse_new(const char *bytes, size_t len,
				 struct frame *f)
{
	struct trace_header_new h;
	size_t n = 0;

	while (n < len && !bytes[n])
		n++;
	if (n) {
		f->size = n;
		return FRAME_PADDING;
	}
	f->size = find_magic(bytes, len);
	if (f->size)
		return FRAME_GARBAGE;
	if (len < sizeof(h))
		return FRAME_PARTIAL;
	memcpy(&h, bytes, sizeof(h));
	f->sequence = h.sequence;
	f->len = h.len;
	if (is_good_len(h.len))
		return take_payload(bytes, len, sizeof(h), f);
	f->size = MAGIC_LEN;
	return FRAME_GARBAGE;
}

enum frame_kind frame_parse(const void *bytes, size_t len, bool is_new,
			    struct frame *f)
{
	*f = (struct frame){ 0 };
	if (!len)
		return FRAME_PARTIAL;
	return is_new ? parse_new(bytes, len, f) : parse_old(bytes, len, f);
}
