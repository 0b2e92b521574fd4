/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What BPF handlers send to stapio through the ring buffer (map "spile_ring").
 *
 * One record a print, warning or error. Arguments follow the header in order:
 * a long is 8 bytes; a string is a 4-byte length n and then its field, which is
 * the argument's bound rounded up so that 4 + field is a multiple of 8, of which
 * the first n bytes count. In prints that bound is the largest any kernel handler
 * has for this argument of this format (ir/layout.h: record_bound), so that a
 * format's record has one size, known when the program is compiled; elsewhere it
 * is the argument register's. Little-endian, 8-byte aligned.
 *
 * The text of one handler run must come out in one piece. A handler that can
 * send more than one record marks each RECORD_MORE, and sends RECORD_DONE when
 * it ends if it sent any; stapio collects by (cpu, level) until then.
 */
#ifndef SPILE_PROTO_RECORD_H
#define SPILE_PROTO_RECORD_H

#include <assert.h>
#include <stdint.h>

enum record_kind {
	RECORD_PRINT, /* id: format of the IR program */
	RECORD_LOG,   /* log(): one string argument; a newline is added */
	RECORD_WARN,  /* warn(): one string argument */
	RECORD_ERROR, /* id: enum record_error; loc; optional string argument */
	RECORD_DONE,  /* end of a handler run that sent RECORD_MORE records */
	RECORD_LATER, /* id: function of the IR program; its arguments, strings in
		       * fields for its parameters' bounds */
	RECORD_EXIT,  /* exit() was called: look at the session state */
};

enum record_error {
	RECORD_ERROR_TEXT,     /* error("…"): one string argument */
	RECORD_ERROR_DIV,      /* division by 0 */
	RECORD_ERROR_OVERFLOW, /* array overflow: arg long = global id */
	RECORD_ERROR_ACTION,   /* MAXACTION exceeded */
	RECORD_ERROR_NESTING,  /* MAXNESTING exceeded */
	RECORD_ERROR_FAULT,    /* plus enum fault: arg long = address */
};

#define RECORD_MORE 1u

struct record_header {
	uint16_t kind;  /* enum record_kind */
	uint8_t flags;  /* RECORD_MORE */
	uint8_t level;  /* nesting of handlers on this CPU, from 0 */
	uint16_t cpu;
	uint16_t pad;
	uint32_t id;
	uint32_t probe; /* index of the probe in the IR program */
	uint32_t loc;   /* of errors: index into the program's locs, or ~0 */
	uint32_t pad2;
};
static_assert(sizeof(struct record_header) == 24, "fixed layout");

/* Bytes that a string argument of this bound takes in a record. */
static inline uint32_t record_string_bytes(uint32_t bound)
{
	return (4 + bound + 7) & ~7u;
}

#endif
