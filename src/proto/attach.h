/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Attach kinds, and the fixed-layout table of them in a .bo (section
 * ".spile.attach"), which is all that staprun reads of Spile's own data.
 */
#ifndef SPILE_PROTO_ATTACH_H
#define SPILE_PROTO_ATTACH_H

#include <assert.h>
#include <stdint.h>

enum attach_kind {
#define ATTACH(kind, text, where) ATTACH_##kind,
#include "proto/attach.def"
#undef ATTACH
};

enum attach_where { ATTACH_IN_USER, ATTACH_IN_KERNEL };

/* Number of kinds; text and place of each, indexed by enum attach_kind. */
extern const unsigned attach_kind_count;
extern const char *const attach_kind_text[];
extern const uint8_t attach_kind_where[];

/*
 * .spile.attach: one header, n_rows rows, then str_len bytes of NUL-terminated
 * strings. Offsets count from the start of the strings. Little-endian.
 */
#define ATTACH_MAGIC 0x54415053u /* "SPAT" */
#define ATTACH_VERSION 1
#define ATTACH_MAX_ROWS 65536u
#define ATTACH_NO_STRING UINT32_MAX

struct attach_header {
	uint32_t magic, version;
	uint32_t n_rows, str_len;
};
static_assert(sizeof(struct attach_header) == 16, "fixed layout");

struct attach_row {
	uint32_t kind;     /* enum attach_kind; only KERNEL kinds appear */
	uint32_t probe;    /* index of the probe in the IR program: the cookie */
	uint32_t program;  /* string: name of the BPF program */
	uint32_t s0, s1;   /* strings, or ATTACH_NO_STRING */
	uint32_t flags;    /* ATTACH_ROW_* */
	int64_t n0, n1, n2;
};
static_assert(sizeof(struct attach_row) == 48, "fixed layout");

#define ATTACH_ROW_TARGET_ONLY 1u /* filtered in the program by the target */

#endif
