/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files between a kernel module and its user-space programs: messages of
 * the control file ".cmd" and frames of the trace files "traceN". Used by the
 * module (runtime/) and by staprun and stapio; native byte order.
 *
 * A message is one read or write: uint32_t number, then the payload, whose
 * length is the rest of the call. There are two dialects, which differ in where
 * numbers start and in the header of frames; a module speaks that of the last
 * message written to it.
 */
#ifndef SPILE_PROTO_CONTROL_H
#define SPILE_PROTO_CONTROL_H

#ifdef __KERNEL__
# include <linux/build_bug.h>
# include <linux/types.h>
#else
# include <assert.h>
# include <stdint.h>
#endif

/* What to add to a message's number. */
#define CONTROL_BASE_OLD 0u     /* releases up to 4.9 */
#define CONTROL_BASE_NEW 0x50u  /* 5.0 and later */
#define CONTROL_NUMBERS 20u     /* numbers of one dialect; they do not overlap */

enum control_number {
	CONTROL_START = 0,       /* both ways: struct control_start */
	CONTROL_EXIT = 1,        /* to the module: stop; from it: has stopped */
	CONTROL_OOB = 2,         /* from it: text for standard error */
	CONTROL_SYSTEM = 3,      /* from it: shell command, NUL-terminated */
	CONTROL_TRANSPORT = 4,   /* from it, once: ready for START */
	CONTROL_BULK = 7,        /* to it: one file a CPU? EINVAL: no */
	CONTROL_READY = 8,       /* to it: nothing */
	CONTROL_RELOCATION = 9,  /* to it: struct control_relocation; root */
	CONTROL_REQUEST_EXIT = 13, /* from it: send EXIT */
	CONTROL_TZINFO = 14,     /* to it: struct control_tzinfo; root */
	CONTROL_PRIVILEGE = 15,  /* to it: uint32_t, CONTROL_STAP*; root */
	CONTROL_REMOTE_ID = 16,  /* to it: struct control_remote; root */
	CONTROL_NAMESPACES = 18, /* to it: int32_t pid */
	CONTROL_MOUNTS = 19,     /* to it: two int32_t; new dialect only */
};

/* Bits of CONTROL_PRIVILEGE. */
#define CONTROL_STAPUSR 2u
#define CONTROL_STAPSYS 4u
#define CONTROL_STAPDEV 8u

struct control_start {
	int32_t target; /* pid as the writer sees it, or 0 */
	int32_t result; /* from the module: 0, or -errno */
};
static_assert(sizeof(struct control_start) == 8, "fixed layout");

#define CONTROL_NAME 128u /* bytes of a name, NUL included */

struct control_relocation {
	char module[CONTROL_NAME]; /* "kernel" or a module */
	char symbol[CONTROL_NAME]; /* a section or symbol */
	uint64_t address;
};
static_assert(sizeof(struct control_relocation) == 264, "fixed layout");

struct control_tzinfo {
	int64_t west;  /* seconds west of UTC */
	char name[64]; /* abbreviation */
};
static_assert(sizeof(struct control_tzinfo) == 72, "fixed layout");

struct control_remote {
	int32_t id;
	char uri[CONTROL_NAME];
};
static_assert(sizeof(struct control_remote) == 132, "fixed layout");

/* The longest payload a module sends, and the longest sent to one. */
#define CONTROL_MAX_FROM 8192u
#define CONTROL_MAX_TO 1020u

/*
 * Frames. Sequence numbers start at 1 and go up by one a frame. In the new
 * dialect zero bytes may stand between frames.
 */
struct trace_header_old {
	uint32_t sequence;
	uint32_t len; /* bytes of payload behind the header */
};
static_assert(sizeof(struct trace_header_old) == 8, "fixed layout");

struct trace_header_new {
	uint32_t magic; /* bytes f0 9f a9 ba */
	uint32_t sequence;
	uint32_t len;
};
static_assert(sizeof(struct trace_header_new) == 12, "fixed layout");

#define TRACE_MAGIC_BYTES "\xf0\x9f\xa9\xba"
#define TRACE_MAX_PAYLOAD 131072u

#endif
