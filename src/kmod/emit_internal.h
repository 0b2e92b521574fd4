/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the files of the emitter of C text. */
#ifndef SPILE_KMOD_EMIT_INTERNAL_H
#define SPILE_KMOD_EMIT_INTERNAL_H

#include "base/arena.h"
#include "kmod/emit.h"

struct kc {
	const struct ir_prog *p;
	struct strbuf *out;
	struct arena arena;
	const char **fn_name;     /* by function, as C has it */
	const char **global_name; /* by global */
	uint32_t *frame_bytes;    /* by function: of its strings */
	bool groups;              /* matched() and the like are used */
	/* The function that is being written. */
	const struct ir_fn *f;
	uint32_t fn;
	bool *target;             /* by block: some jump leads to it */
	bool *used;               /* by register: something names it */
};

/* --- emit_data.c: tables --- */

/* A quoted C string. */
void kc_quote(struct strbuf *out, const char *text, size_t len);
/* Formats, regular expressions, places. */
void kc_formats(struct kc *k);
void kc_regexes(struct kc *k);
void kc_locs(struct kc *k);
/* Tables of flags that intrinsics may ask for; how many. */
size_t kc_flags(struct kc *k);
/* Globals and module parameters. */
void kc_globals(struct kc *k);

/* --- emit_probe.c --- */

/* Whether modules have this kind of probe. */
bool kc_has_kind(enum attach_kind kind);
/* The table of probes. */
void kc_probes(struct kc *k);

/* --- emit_fn.c --- */

/* Bytes that the strings of a function need. */
uint32_t kc_frame_bytes(struct kc *k, const struct ir_fn *f);
/* Declaration, definition. */
void kc_fn_head(struct kc *k, uint32_t fn);
void kc_fn(struct kc *k, uint32_t fn);

/* --- emit_insn.c --- */

/* One instruction of block b. */
void kc_insn(struct kc *k, ir_block_id b, const struct ir_insn *in);

/* --- emit_map.c --- */

/* An instruction that names an array, statistics or an iteration. */
void kc_map_insn(struct kc *k, const struct ir_insn *in);
/* {n, text, …}: the arguments of in from number first, as union sp_val. */
void kc_values(struct kc *k, const struct ir_insn *in, uint32_t first);
/* What follows a call that may fail: on to the err edge; or to the end. */
void kc_failed(struct kc *k, const struct ir_insn *in);

#endif
