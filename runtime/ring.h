/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A ring of records that many may write to at once, in any context, and one
 * reads.
 *
 * A writer moves head by one cmpxchg, fills its record, and marks it
 * committed; so a writer that is interrupted by another, even by an NMI, just
 * leaves its record open for that long. The reader zeroes what it consumed
 * before it moves tail, so a record that is not committed yet always reads as
 * state 0. Records do not wrap: the rest of the ring is skipped.
 */
#ifndef SPILE_RUNTIME_RING_H
#define SPILE_RUNTIME_RING_H

#include <linux/atomic.h>
#include <linux/types.h>

#define SP_RECORD_READY 0x80000000u /* committed; low bits: bytes of payload */
#define SP_RECORD_SKIP  0x40000000u /* committed, to be passed over */
#define SP_RECORD_LEN   0x3fffffffu

struct sp_record {
	u32 state;    /* 0 or SP_RECORD_*; written last */
	u32 size;     /* bytes to the next record */
	u64 sequence; /* for the user of the ring; 0 until set */
	u8 payload[];
};

struct sp_ring {
	u8 *data;
	unsigned long size; /* a power of two */
	unsigned long head; /* positions, which only grow */
	unsigned long tail;
	atomic_t held;      /* by who moves tail */
};

/* Allocate size bytes (a power of two), close to this CPU's memory node (-1:
 * anywhere); may sleep. 0 or -ENOMEM. */
int sp_ring_init(struct sp_ring *r, unsigned long size, int node);
/* Free the memory; nobody may use the ring any more. */
void sp_ring_release(struct sp_ring *r);

/* A record with len bytes of payload, or NULL if fewer than that and spare
 * bytes are free. Any context; preemption must be off until it is committed.
 * len may be at most a quarter of the size. */
struct sp_record *sp_ring_reserve(struct sp_ring *r, u32 len, u32 spare);
/* Hand over the first len bytes of it; 0: nothing. Any context. */
void sp_ring_commit(struct sp_record *rec, u32 len);

/* Become the one who moves tail; false if somebody is. Any context. */
bool sp_ring_hold(struct sp_ring *r);
/* Let others. */
void sp_ring_let_go(struct sp_ring *r);
/* The oldest record, NULL if there is none. It may not be committed yet: then
 * its state is 0. Only for the holder. */
struct sp_record *sp_ring_peek(struct sp_ring *r);
/* Consume the oldest record, which is committed. Only for the holder. */
void sp_ring_drop(struct sp_ring *r, struct sp_record *rec);
/* Whether there is no record at all, finished or not. Any context. */
bool sp_ring_is_empty(const struct sp_ring *r);

#endif
