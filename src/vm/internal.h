/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside of the executor, shared by its files.
 *
 * A frame holds the registers of one activation: longs (8 bytes), the snapshots
 * of its iterations (pointers), then string slots. Frames lie one behind the
 * other on vm->stack; vm->frames[d] says where call number d came from.
 */
#ifndef SPILE_VM_INTERNAL_H
#define SPILE_VM_INTERNAL_H

#include "proto/fault.h"
#include "proto/session.h"
#include "vm/map.h"
#include "vm/match.h"
#include "vm/vm.h"

#define VM_NONE UINT32_MAX
/* Frames larger than this, and stacks larger than that, are refused. */
#define VM_MAX_FRAME (64u << 20)
#define VM_MAX_STACK ((size_t)1 << 30)
/* Output of one handler run that is collected before it goes to the host. */
#define VM_OUTPUT_BYTES 65536
/* Bytes of a reported line, with its prefix (language.md 22.3). */
#define VM_LINE_BYTES 383
#define VM_MAX_INTRIN_ARGS 8 /* arguments of an intrinsic */

enum vm_op {
#define VMOP(name) VM_##name,
#include "vm/vmops.def"
#undef VMOP
};

/* A string in a frame or scalar: len bytes and a NUL. */
struct vm_slot {
	uint32_t len;
	char text[];
};

struct vm_fn {
	const struct ir_fn *ir;
	bool needed;
	const uint32_t *code;
	size_t code_at; /* word in vm->code, until code is set */
	uint32_t frame_bytes;
	uint32_t zero_bytes;      /* at the frame's start, cleared on entry */
	uint32_t *reg_at;         /* by register: offset in the frame */
	uint32_t *iter_at;        /* by iteration: the same */
	VEC(uint32_t) zero_slots; /* strings to empty on entry */
};

struct vm_frame {
	const uint32_t *pc; /* the CALL */
	char *fp;           /* the caller's frame */
};

/*
 * What a run of a handler knows of a shared scalar. Kernel handlers that only add
 * take no lock, and may add between this handler's reading of the scalar and its
 * storing. So a store of what was read before moves the scalar by the difference,
 * and what was added meanwhile stays, as if it came after the handler.
 */
struct vm_seen {
	int64_t value;
	uint64_t run;          /* vm->run in which it was seen */
};

/* Read, store and add; run is that of the handler that runs. */
static inline int64_t vm_seen_get(struct vm_seen *s, const int64_t *at,
				  uint64_t run)
{
	s->value = __atomic_load_n(at, __ATOMIC_RELAXED);
	s->run = run;
	return s->value;
}

static inline void vm_seen_set(struct vm_seen *s, int64_t *at, uint64_t run,
			       int64_t value)
{
	if (s->run == run)
		__atomic_fetch_add((uint64_t *)at,
				   (uint64_t)value - (uint64_t)s->value,
				   __ATOMIC_RELAXED);
	else
		__atomic_store_n(at, value, __ATOMIC_RELAXED);
	s->value = value;
	s->run = run;
}

static inline void vm_seen_add(struct vm_seen *s, int64_t *at, int64_t by)
{
	__atomic_fetch_add((uint64_t *)at, (uint64_t)by, __ATOMIC_RELAXED);
	s->value = (int64_t)((uint64_t)s->value + (uint64_t)by);
}

/* An array, or statistics, kept here or elsewhere; the latter perhaps both. */
struct vm_array {
	const struct ir_global *g;
	struct vm_map *map; /* NULL if shared, or a scalar */
	struct stat_value *own; /* of scalar statistics */
	void *ctx;          /* for vm->shared->ops */
	char *key, *value;  /* one of each in the shared layout */
	/* Places that a sorted foreach gave, of entries up to a number. */
	struct vm_map *order;
	struct ir_global order_shape;
	uint64_t order_seq;
};

/* How to take the snapshot of one foreach. */
struct vm_iter {
	uint32_t array;
	struct vm_pick pick; /* but the limit */
};

/* The current error. */
struct vm_error {
	bool set;
	size_t len;
	char *text; /* cap bytes */
	size_t cap;
	uint32_t n_locs; /* innermost first, at most maxnesting + 1 */
	uint32_t *locs;
};

enum vm_end {
	VM_END_OK,
	VM_END_ERROR,
	VM_END_SKIPPED,
	VM_END_ABORTED
};

struct vm {
	const struct ir_prog *prog;
	const struct vm_shared *shared; /* or NULL */
	const struct vm_host *host;
	struct session_data *session;
	struct session_data own_session;
	struct vm_fn *fns; /* by IR function */
	VEC(uint32_t) code;
	VEC(struct vm_iter) iters;
	struct vm_array *arrays; /* by global; g NULL for plain scalars */
	void **scalars;          /* by global: int64_t or its text */
	bool *scalar_shared;
	struct vm_seen *seen;           /* by global: of shared longs */
	uint64_t run;                   /* number of handler runs so far */
	char *stack;
	size_t stack_bytes;
	struct vm_frame *frames; /* 1 … maxnesting */
	struct fmt_arg *args;    /* room for the widest format */
	size_t n_args;
	struct vm_val input; /* of the input probe that runs */
	struct strbuf *value; /* $value of the procfs probe that runs, or NULL */
	size_t most_value;
	/* State of the handler that runs. */
	uint32_t probe;
	int64_t actions; /* left */
	int64_t fuel;    /* left of the hard budget */
	bool locked;
	uint32_t lock_value;            /* what the lock holds when we have it */
	bool aborted;    /* abort() was called */
	struct vm_error error;
	struct vm_match match;
	struct vm_rows *rows; /* snapshots in use */
	struct strbuf out, tmp;
};

/* Set the text of slot, cut at bound. text may lie in the slot itself. */
static inline void vm_slot_set(struct vm_slot *s, const char *text, size_t len,
			       uint32_t bound)
{
	uint32_t n = len < bound ? (uint32_t)len : bound - 1;

	__builtin_memmove(s->text, text, n);
	s->text[n] = 0;
	s->len = n;
}

/* --- layout.c, encode.c --- */

/* Work out the frame of one function. False with a sentence in err. */
bool vm_layout_fn(struct vm_fn *fn, struct strbuf *err);
/* Encode one function whose frame, and those of its callees, are known. */
bool vm_encode_fn(struct vm *vm, struct vm_fn *fn, struct strbuf *err);

/* --- exec.c --- */

/* Run a function to its end, with an argument for each of its parameters. */
enum vm_end vm_exec(struct vm *vm, const struct vm_fn *fn,
		    const struct fmt_arg *args);

/* --- global.c: scalars and arrays, wherever they live --- */

/* Make all globals with their initial values. */
bool vm_globals_init(struct vm *vm, struct strbuf *err);
void vm_globals_release(struct vm *vm);
/* 1 found, 0 absent (*out is 0 or ""), or -errno. A string in *out is good until
 * the next call for the same array. */
int vm_array_get(struct vm *vm, struct vm_array *a, const struct vm_val *keys,
		 struct vm_val *out);
/* 0, -E2BIG when full, -ENOMEM or another -errno, as the next ones. */
int vm_array_set(struct vm *vm, struct vm_array *a, const struct vm_val *keys,
		 const struct vm_val *value);
int vm_array_add(struct vm *vm, struct vm_array *a, const struct vm_val *keys,
		 int64_t by);
int vm_array_del(struct vm *vm, struct vm_array *a, const struct vm_val *keys);
int vm_array_clear(struct vm *vm, struct vm_array *a);
int vm_array_rows(struct vm *vm, struct vm_array *a, const struct vm_pick *pick,
		  struct vm_rows *rows);

/* --- error.c --- */
/* Make text the current error (it is cut at maxstringlen). */
void vm_error_set(struct vm *vm, const char *text, size_t len);
/* The same for what an array operation returned. */
void vm_error_array(struct vm *vm, const struct vm_array *a, int err);
/* Remember where the current error came up: loc in the innermost activation,
 * the calls of the depth activations outside of it. */
void vm_error_place(struct vm *vm, uint32_t depth, uint32_t loc);
/* Give the current error to the host, count it and act on maxerrors. */
void vm_error_report(struct vm *vm);
void vm_warn(struct vm *vm, const char *text, size_t len);
/* Raise the session's state; it never goes down. */
void vm_state_raise(struct vm *vm, uint32_t state);

/* --- memory.c --- */

/* A number; false, and 0, if it cannot be read. */
bool vm_memory_read(struct vm *vm, unsigned access, uint64_t address,
		    int64_t *value);
/* Make it the current error that memory there is out of reach. */
void vm_error_fault(struct vm *vm, enum fault fault, uint64_t address);

/* --- call.c: what single instructions do --- */

/* Render; operands as in vmops.def. Return the bytes that were made. */
uint32_t vm_print(struct vm *vm, const char *fp, const uint32_t *operands);
uint32_t vm_sprint(struct vm *vm, char *fp, const uint32_t *operands);
/* Hand the collected output to the host. */
void vm_flush(struct vm *vm);
/* False if it raised, or ended the handler (vm->aborted). */
bool vm_intrin(struct vm *vm, uint32_t id, const struct vm_val *args,
	       struct vm_val *result);
/* Take the globals' lock; false when that took too long. */
bool vm_lock(struct vm *vm);
void vm_unlock(struct vm *vm);
/* Begin an iteration; 0 or -errno. slot holds its snapshot. */
int vm_iter_begin(struct vm *vm, const struct vm_iter *it, int64_t limit,
		  struct vm_rows **slot);
void vm_iter_end(struct vm *vm, struct vm_rows **slot);

#endif
