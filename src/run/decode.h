/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Turns records of kernel handlers (proto/record.h) into text and messages.
 *
 * The text of a run that sends several records is held back by CPU and nesting
 * level until its RECORD_DONE, so that runs do not mix. Records are checked
 * against the program: one that does not fit is counted and dropped.
 */
#ifndef SPILE_RUN_DECODE_H
#define SPILE_RUN_DECODE_H

#include "ir/layout.h"

struct vm_host; /* vm/vm.h: receives text and messages */

/* Nesting levels told apart; deeper ones share the last. */
#define DECODE_LEVELS 8

struct decoder {
	const struct ir_prog *prog;
	const struct ir_layout *layout;
	const struct vm_host *host;
	/* Calls a function for a kernel handler of the probe and appends what
	 * it prints; ctx is the host's. Or NULL. */
	void (*later)(void *ctx, uint32_t probe, uint32_t fn,
		      const struct fmt_arg *args, struct strbuf *out);
	VEC(struct strbuf) pending; /* by cpu * DECODE_LEVELS + level; heap */
	VEC(struct fmt_arg) args;   /* scratch; heap */
	struct strbuf text;         /* scratch */
	uint64_t bad;               /* records that made no sense */
};

/* Everything given must outlive the decoder. */
void decoder_init(struct decoder *d, const struct ir_prog *p,
		  const struct ir_layout *l, const struct vm_host *host);
/* Free what the decoder holds; held text is dropped. */
void decoder_release(struct decoder *d);

/* Take one record. */
void decoder_take(struct decoder *d, const void *record, size_t len);

/* Pass on what is held back, as no more records come. */
void decoder_finish(struct decoder *d);

#endif
