/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Session data: one mmapped block that stapio and all BPF handlers share.
 *
 * The block is the object's ".data.spile" map: this header, then each scalar
 * global that a kernel handler uses, 8-byte aligned, in order of its id: a long
 * is 8 bytes, a string its bound rounded up to 8. The offsets follow from the
 * IR program alone (bpf/layout.h).
 */
#ifndef SPILE_PROTO_SESSION_H
#define SPILE_PROTO_SESSION_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

/* Handlers run only in SESSION_RUNNING; each tests it first. */
enum session_state {
	SESSION_STARTING,
	SESSION_RUNNING,
	SESSION_STOPPING, /* exit() */
	SESSION_ERROR,    /* more than MAXERRORS errors */
};

struct session_data {
	uint32_t state;      /* enum session_state; only ever goes up */
	uint32_t lock;       /* the globals'; holds 0 or SESSION_LOCK_* */
	uint64_t errors;     /* handlers that ended in an error */
	uint64_t skipped;    /* runs skipped: lock time-outs, nesting */
	uint64_t lost;       /* records that found the ring buffer full */
	int64_t wall_ns;     /* CLOCK_REALTIME − CLOCK_MONOTONIC, set by stapio */
	int64_t target;      /* pid of -c or -x, or 0 */
	uint64_t sequence;   /* last insertion number given to a map entry */
	uint64_t low;        /* numbers below this one are free for sorting */
};
static_assert(sizeof(struct session_data) == 64, "fixed layout");

/* What the lock holds when it is taken: by a kernel handler this plus the CPU, by
 * a user-space handler this plus its thread id. */
#define SESSION_LOCK_CPU 2u
#define SESSION_LOCK_USER 0x40000000u

/*
 * Maps. Array global N is map "gN": BPF hash, key = its keys in order, each
 * long 8 bytes, each string its bound rounded up to 8 and zero-filled behind
 * the NUL; value = struct map_value followed by the value (long: 8 bytes;
 * string: bound rounded up to 8). seq orders entries by insertion.
 */
struct map_value {
	uint64_t seq;
	int64_t num; /* long values; string values start here */
};

/*
 * Statistics. Those that kernel handlers fill are kept once a CPU: a scalar is
 * the only entry of the per-CPU array "gN", an array the per-CPU hash "gN" with
 * keys as above and values of seq followed by this. What is in user space is
 * added when they are read. A count of 0 is empty, whatever the rest says; of
 * fields that the global does not keep only the first sample counts.
 */
struct stat_value {
	int64_t count, sum, min, max;
	int64_t mean, m2;  /* of the variance; not used by kernel handlers */
	int64_t buckets[]; /* as many as the histogram has */
};

/* Where the two begin: insertions count up, sorted iterations down. */
#define SESSION_FIRST_NUMBER ((uint64_t)1 << 62)

#define SESSION_DATA_SECTION ".data.spile"
#define SESSION_RING_MAP "spile_ring"
#define SESSION_TARGETS_MAP "spile_targets" /* hash: u32 tgid → u32, with -c/-x */

/* ELF sections of a .bo that hold Spile's own data. */
#define SESSION_IR_SECTION ".spile.ir"         /* IR text, all handlers */
#define SESSION_ATTACH_SECTION ".spile.attach" /* proto/attach.h */

#endif
