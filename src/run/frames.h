/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cutting what a module's trace file gives into frames (proto/control.h). The
 * bytes are not trusted to be whole or right. */
#ifndef SPILE_RUN_FRAMES_H
#define SPILE_RUN_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum frame_kind {
	FRAME_WHOLE,   /* sequence, text and len are set */
	FRAME_PARTIAL, /* more bytes are needed; nothing to consume */
	FRAME_PADDING, /* bytes that mean nothing, as is right */
	FRAME_GARBAGE, /* bytes that should not be there */
};

struct frame {
	size_t size; /* bytes to consume */
	uint32_t sequence;
	const char *text;
	uint32_t len;
};

/* Look at the start of len bytes. is_new: the dialect since 5.0, whose frames
 * can be found again behind garbage. */
enum frame_kind frame_parse(const void *bytes, size_t len, bool is_new,
			    struct frame *f);

#endif
