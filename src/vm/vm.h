/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The user-space executor: runs handlers of an IR program.
 *
 * A struct vm holds the program in a compact encoding, its globals and the
 * state of the session. Output and messages go through callbacks. Globals that
 * kernel handlers share live behind struct vm_shared.
 */
#ifndef SPILE_VM_VM_H
#define SPILE_VM_VM_H

#include "base/strbuf.h"
#include "ir/ir.h"

/*
 * Nothing that ir_check() accepts runs without end. TICK instructions stop a
 * handler by the action limit; since a program may come without them, a hard
 * budget also counts backward jumps and calls: this many a run, and more for
 * each action that the limits allow. Steps of a foreach are free; its beginning
 * costs one, and one for each 256 elements of the array; a print or sprint one
 * for each KiB it makes. Using it up ends the handler like the action limit.
 */
#define VM_FUEL_BASE       4096
#define VM_FUEL_PER_ACTION 16

struct session_data; /* proto/session.h */
struct vm;

/* An array global kept elsewhere than in the vm (a BPF map). Keys and values
 * have the layout of proto/session.h. All return 0 or -errno; -ENOENT: absent,
 * -E2BIG: full. add is atomic; of an absent entry it returns -ENOENT, and the
 * vm then sets the value. Of statistics (scalars too: they have an entry with
 * a key of 4 zero bytes) get and each give the sum of all CPUs, set and add are
 * not used, and clear empties a scalar. */
struct vm_map_ops {
	int (*get)(void *ctx, const void *key, void *value);
	int (*set)(void *ctx, const void *key, const void *value);
	int (*add)(void *ctx, const void *key, int64_t by);
	int (*del)(void *ctx, const void *key);
	int (*clear)(void *ctx);
	/* Visit every entry, in no order; cb returning non-zero stops. */
	int (*each)(void *ctx,
		    int (*cb)(void *arg, const void *key, const void *value),
		    void *arg);
};

struct vm_shared {
	struct session_data
		*session; /* mmapped; its state and lock words too */
	void **scalars;   /* by global id: where it lives, or NULL */
	const struct vm_map_ops *ops;
	void **maps; /* by global id: ctx for ops, or NULL */
};

struct vm_host {
	void *ctx;
	/* Text of one handler run, in one piece. */
	void (*output)(void *ctx, const char *text, size_t len);
	/* A whole message without prefix and newline: "division by 0 near …" */
	void (*error)(void *ctx, const char *text);
	void (*warning)(void *ctx, const char *text);
	/* Copy n bytes, 1 to 8, of kernel memory; false if they cannot be read.
	 * The address of the current task_struct, or 0. NULL: always so. */
	bool (*kernel_read)(void *ctx, uint64_t address, void *to, size_t n);
	uint64_t (*kernel_task)(void *ctx);
	int64_t target; /* pid of -c or -x, or 0 */
};

/* Encode the handlers of user-space attach kinds and what they call. p has
 * passed ir_check(). shared may be NULL, then everything lives in the vm; else
 * scalars get their initial values. p and the structs must outlive the vm. NULL
 * and one sentence in err if the program asks for something the vm does not
 * have. */
struct vm *vm_new(const struct ir_prog *p, const struct vm_shared *shared,
		  const struct vm_host *host, struct strbuf *err);
void vm_free(struct vm *vm);

/* Set a scalar global before anything runs (staprun NAME=VALUE, -G); rules of
 * language.md 22.2.1. -ENOENT: no such global (ignored by callers), -EINVAL. */
int vm_set_global(struct vm *vm, const char *name, const char *value);

/* Run the handler of one probe of a user-space attach kind to its end. 0; 1 if
 * it ended in an error, which was reported and counted; 2 if it was skipped,
 * perhaps half-way, because the globals' lock was not to be had; 3 if it called
 * abort(), after which the others of its point do not run. Whether the
 * session's state lets the probe run is for the caller to ask. Output goes out
 * at the end, or whenever 64 KiB have come together. */
int vm_run(struct vm *vm, uint32_t probe);
#define VM_ABORTED 3

/* Call a function for a kernel handler of the probe that had it called later,
 * with one argument for each of its parameters. Returns as vm_run(). */
int vm_run_later(struct vm *vm, uint32_t probe, uint32_t fn,
		 const struct fmt_arg *args);

/* What an input probe that runs next was given; text must live until it ended. */
void vm_set_input(struct vm *vm, const char *text, size_t len);

/* What $value is in the procfs probes that run next: text, which they may make
 * longer, up to most bytes. NULL: none. It is borrowed. */
void vm_set_value(struct vm *vm, struct strbuf *text, size_t most);

/* The session's counters and state (the shared block, or the vm's own). */
struct session_data *vm_session(struct vm *vm);

#endif
