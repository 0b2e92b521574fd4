/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared by the emit_*.c files: one handler on its way to BPF code.
 *
 * Conventions of the emitted code: r0 to r5 are free between IR instructions;
 * r6 to r9 hold IR registers, r9 the scratch area if there is one. A string in
 * memory is zero-filled behind its NUL up to a multiple of 8 bytes, so that keys
 * can be used as they are and strings compared a word at a time. A result is
 * written only when all operands have been read.
 */
#ifndef SPILE_BPF_EMIT_H
#define SPILE_BPF_EMIT_H

#include "bpf/code.h"
#include "bpf/emit_str.h"
#include "bpf/group.h"
#include "bpf/regs.h"
#include "ir/layout.h"
#include "proto/fault.h"

/* Constants of all programs of an object: the .rodata section. */
struct rodata {
	struct strbuf bytes;
};

/* Offset of bytes in it, 8-byte aligned; equal ones share one. */
uint32_t rodata_add(struct rodata *r, const void *bytes, size_t len);

/* What the whole object needs. */
struct object_needs {
	bool *map;              /* by global id */
	bool scratch, targets;
	bool text;              /* some handler sends text */
	uint32_t scratch_bytes; /* of the largest area */
};

/* A place in the code where an error starts. */
struct error_site {
	uint32_t kind;          /* enum record_error */
	uint32_t loc;
	uint32_t global;        /* of overflows */
	ir_block_id to;         /* err block, or IR_NONE */
	const ir_reg *address;  /* of faults (kind RECORD_ERROR_FAULT and up) */
};

struct emit {
	const struct ir_prog *p;
	const struct ir_layout *l;
	struct rodata *rodata;
	struct object_needs *needs;
	struct arena *arena;
	struct strbuf *err;

	const struct group *g;
	struct flat flat;
	struct regs regs;
	struct code code;
	uint32_t *block_label;  /* by block */
	uint32_t *back_label;   /* by block: how a jump back gets there */
	size_t at;              /* place of the current block in the order */
	struct code outer;      /* looped: the program around the body */
	struct code walk;       /* called for elements of maps, if any are */
	uint8_t *held;          /* by block: HELD_* on entry */
	uint32_t *span;         /* by IR register: see emit_spans() */
	bool notes;             /* comment the code for a listing */
	bool locked;            /* the lock is held at this point */
	bool failed;            /* err has the end of a sentence */

	/* Properties of the handler. */
	bool more;              /* it may send several records */
	bool count_actions;
	bool looped;            /* the code is the body of a bpf_loop */
	bool walks, clears;     /* it has foreach; it empties arrays */
	bool keep_probe;        /* the probe is known at run time only */
	bool keep_error;        /* some block looks at the current error */
	uint32_t text_bound;    /* of texts raised and kept, or 0 */

	/* Slots, valid when the property above holds; on the stack (r10), or
	 * if looped in scratch (r9). */
	int slots;
	int32_t probe_off, actions_off, sent_off;
	int32_t resume_off;     /* looped: where to go on */
	int32_t error_off;      /* u64 kind | loc << 32; u64 argument below */
	int32_t text_off;       /* scratch: text of the current error */
	/* Temporaries, taken when first wanted (0: not yet). */
	int32_t *iter_off;      /* by iteration: its state in scratch */
	bool *iter_used;
	int32_t *oldest_off;    /* by global: the same for its oldest element */
	bool drops;             /* some array drops its oldest element */
	int32_t tmp_walk, tmp_cpu, tmp_rec, tmp_val, tmp_key, tmp_misc;
	int32_t tmp_str;        /* scratch, str_bytes long */
	uint32_t key_bytes, val_bytes, str_bytes;
	bool key_in_scratch, val_in_scratch;

	struct context_use *context; /* what it asks of its context, or NULL */

	uint32_t l_leave;       /* end of the run: release what it holds */
	uint32_t l_unlock;      /* the same with the lock held */
	uint32_t l_out;         /* end at once: nothing is held */
	uint32_t l_skip[2];     /* skipped; [1]: the lock is held */
	uint32_t l_fail[2];     /* ends with the error in r6 and r7 */
};

enum { HELD_UNKNOWN, HELD_NO, HELD_YES };

/* --- emit.c --- */

/* Compile the handler of a group into code (finished). needs and rodata grow.
 * 0, or -errno with the end of a sentence in err. */
int emit_group(struct emit *e);
/* Make the labels of a fresh code buffer. */
void emit_labels(struct emit *e);
/* Note why it cannot be done: the end of a sentence that starts with the
 * handler. Only the first call counts. */
void emit_refuse(struct emit *e, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* --- emit_num.c --- */

/* A number into a BPF register. */
void emit_num(struct emit *e, int to, ir_reg r);
/* The register the number is in, or into tmp. */
int emit_num_any(struct emit *e, int tmp, ir_reg r);
bool emit_is_const(const struct emit *e, ir_reg r, int64_t *value);
/* A BPF register to an IR register (nothing if it has no place). */
void emit_set(struct emit *e, ir_reg dst, int from);
enum ir_cond emit_invert(enum ir_cond c);
void emit_number_op(struct emit *e, const struct ir_insn *i);
/* Jump to label if the comparison holds (or does not). */
void emit_compare_jump(struct emit *e, const struct ir_insn *i, bool holds,
		       uint32_t label);

/* --- emit_map.c --- */

/* Instructions on scalar and on array globals. */
void emit_scalar_op(struct emit *e, const struct ir_insn *i);
void emit_map_op(struct emit *e, const struct ir_insn *i);
/* Find the sizes of the buffers for keys and values. */
void emit_map_plan(struct emit *e);

/* --- emit_stat.c --- */

/* Instructions on statistics. */
void emit_stat_op(struct emit *e, const struct ir_insn *i);
/* Add a sample to the value at r0 (sadd). */
void emit_stat_put(struct emit *e, const struct ir_insn *i);

/* --- emit_out.c --- */

/* r3 = length of a string; uses r1 and r2. */
void emit_str_length(struct emit *e, const struct strval *s);
/* A record with the arguments of a print; of a call that user space makes. */
void emit_later(struct emit *e, const struct ir_insn *i);
void emit_print(struct emit *e, const struct ir_insn *i);
/* A record with one string argument: RECORD_LOG, RECORD_WARN, RECORD_ERROR. */
void emit_text_record(struct emit *e, int kind, uint32_t id, uint32_t loc,
		      const struct strval *s);
/* A record without arguments; wake: the reader at once. */
void emit_bare_record(struct emit *e, int kind, bool wake);
/* Count an error in the session; too many end it. This comes before the record
 * is sent, so that stapio, woken by the record, sees the state. */
void emit_count_error(struct emit *e);
/* The end of the handler with an error: r6 = kind | loc << 32, r7 = arg. */
void emit_fail_end(struct emit *e);

/* --- emit_error.c --- */

/* A label to jump to when the error happens here. The code behind it sets the
 * current error and goes to the err block, or ends the handler. */
uint32_t emit_error_label(struct emit *e, struct error_site site);
/* Whether a block only ends the handler with the error. */
bool emit_only_fails(const struct emit *e, ir_block_id b);
/* Label of the end that counts the run as skipped, lock released if held. */
uint32_t emit_skip_label(struct emit *e);
void emit_raise(struct emit *e, const struct ir_insn *i);
void emit_fail(struct emit *e);
void emit_errmsg(struct emit *e, const struct ir_insn *i);
/* Find what errors need: slots, text. */
void emit_error_plan(struct emit *e);

/* --- emit_lock.c --- */

/* Take the lock, or end as skipped; give it back. */
void emit_lock(struct emit *e);
void emit_unlock(struct emit *e);
/* Find the blocks that run with the lock held. */
void emit_lock_plan(struct emit *e);

/* --- emit_intrin.c --- */

/* Call of an intrinsic. */
void emit_intrinsic(struct emit *e, const struct ir_insn *i);

/* --- emit_library.c --- */

/* The same, of those that library functions are made of; false: not there. */
bool emit_library(struct emit *e, const struct ir_insn *i);

/* --- emit_text.c --- */

/* The same, of names and quoted texts. */
bool emit_text_intrinsic(struct emit *e, const struct ir_insn *i);
/* Bytes of scratch that it wants besides its result (emit_tmp_str()), or 0. */
uint32_t emit_text_aside(const struct emit *e, const struct ir_insn *i);

/* --- emit_enter.c --- */

/* Gates, probe index, scratch claim. */
void emit_enter(struct emit *e);
/* The other end: release what the run holds, and return. */
void emit_leave(struct emit *e);
/* Ends of the handler that come before that: unlock, skip, fail. */
void emit_ends(struct emit *e);
/* The probe's index into a register. */
void emit_probe_index(struct emit *e, int to);

/* --- emit_owner.c --- */

/* Leave unless it is the wanted process; a start or end of what is wanted. */
void emit_gate_owner(struct emit *e);
void emit_gate_life(struct emit *e);

/* --- emit_loop.c --- */

/* The program around the body: way in, bpf_loop, way out (finished, in outer). */
void emit_outer(struct emit *e);
/* The body's start, which goes on where the last turn stopped, and its end. */
void emit_body_start(struct emit *e);
void emit_body_end(struct emit *e);
/* Registers that live from one turn to the next. */
uint64_t *emit_carried(struct emit *e);
/* The label for going to a block from the current one. */
uint32_t emit_target(struct emit *e, ir_block_id to);

/* --- note.c --- */

/* A comment that shows the instruction, if the code is to be listed. */
void emit_note(struct emit *e, const struct ir_insn *i);

/* --- helpers over code.h --- */

/* Room for what lives as long as the run: an offset for e->slots. */
int32_t emit_slot(struct emit *e, uint32_t bytes);

/* base register += 1 for a 64-bit counter of the session block; uses r1 r2. */
void emit_count(struct emit *e, uint32_t data_offset);
/* The temporary's offset, taken on first use. */
int32_t emit_tmp(struct emit *e, int32_t *slot, uint32_t bytes);

#endif
