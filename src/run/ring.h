/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Consumer of a BPF ring buffer, mapped into memory.
 *
 * The kernel writes records and the producer position; we write the consumer
 * position. A record is an 8-byte header (length with two flag bits, page
 * offset) and its bytes, padded to 8; the data area is mapped twice in a row, so
 * that no record is split.
 */
#ifndef SPILE_RUN_RING_H
#define SPILE_RUN_RING_H

#include "base/strbuf.h"

#include <stdint.h>

struct ring {
	uint64_t *consumer;       /* position, ours */
	const uint64_t *producer; /* position, the kernel's */
	const unsigned char *data;
	uint64_t size;            /* of the data area; a power of two */
	void *consumer_map, *producer_map;
	size_t consumer_len, producer_len; /* of the mappings */
};

typedef void (*ring_record_fn)(void *ctx, const void *record, size_t len);

/* Map the ring buffer behind fd with this many bytes. 0, or -errno and one
 * sentence. */
int ring_open(struct ring *r, int fd, uint64_t size, struct strbuf *err);
void ring_close(struct ring *r);

/* Hand records to fn in order until the ring is empty or a whole ring's worth
 * was taken (so that a busy producer cannot hold the caller for ever: then more
 * may be waiting). Returns the number of bytes taken. */
uint64_t ring_drain(struct ring *r, ring_record_fn fn, void *ctx);

#endif
