/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the translated text gives to the runtime: its tables. Included by api.h,
 * which has the types.
 */
#ifndef SPILE_RUNTIME_PROGRAM_H
#define SPILE_RUNTIME_PROGRAM_H

/* By the names of src/proto/attach.def. */
enum sp_kind {
	SP_BEGIN, SP_END, SP_ERROR, SP_NEVER, SP_TIMER, SP_JIFFIES, SP_INPUT,
	SP_PROCFS_READ, SP_PROCFS_WRITE, SP_RAW_TP, SP_SYSCALL, SP_SYSRET,
	SP_UPROBE, SP_URETPROBE, SP_PERF, SP_WATCH, SP_KPROBE, SP_KRETPROBE,
	SP_EXEC, SP_FORKED, SP_EXITED,
};

struct sp_probe {
	u32 kind;               /* enum sp_kind */
	void (*handler)(struct sp_ctx *c);
	const char *point;      /* pp(), and for messages */
	const char *pn;         /* pn() */
	const char *function;   /* ppfunc() */
	const char *s0, *s1;    /* as in attach.def; NULL: none */
	s64 n0, n1, n2;
	u32 target_only;        /* only in the target and its children */
	/* Handlers of one point run together, where the first one stands: only
	 * heads are attached. */
	u32 head;
	struct sp_probe *next;
	void *state;            /* of whoever attaches it */
};

struct sp_global {
	const char *name;
	u32 type;               /* enum sp_type */
	u32 bound;              /* SP_TEXT scalars */
	void *data;             /* s64, struct sp_str or struct sp_array */
	u32 array;              /* data is a struct sp_array */
};

/* Names of flags: a table as in src/base/flags.h. */
struct sp_flags {
	const char *name, *text;
};

struct sp_limits {
	u32 maxstringlen, maxaction, maxaction_interruptible, maxnesting;
	u32 maxerrors, maxskipped, maxtrylock, trylockdelay;
	u32 interruptible, suppress_errors;
};

struct sp_program {
	const char *name;
	struct sp_limits limits;
	struct sp_probe *probes;
	u32 n_probes;
	const struct sp_global *globals;
	u32 n_globals;
	const char *const *locs; /* "identifier 'x' at s.stp:3:4" */
	u32 n_locs;
	const struct sp_regex *const *regexes;
	u32 n_regexes;
	u32 groups;              /* matched() and the like are used */
	const struct sp_flags *flags;
	u32 n_flags;
	u32 frame_bytes;         /* most that activations need together */
};
extern const struct sp_program sp_program;

/* A module parameter: shaped like the kernel's struct kernel_param, in section
 * "__param". What arg points to is said in runtime/param.h. */
struct sp_param {
	const char *name;
	void *module;
	const void *ops;
	u16 perm;
	s8 level;
	u8 flags;
	void *arg;
};
struct sp_param_text { /* the shape of struct sp_param_string */
	u32 size;
	char *text;
};
extern const struct kernel_param_ops sp_param_ops_long, sp_param_ops_str;
extern struct module __this_module;
#define SP_ARG(p) ((void *)(unsigned long)(p))
#define SP_PARAM __attribute__((used, section("__param"), aligned(8)))
/* "parmtype=NAME:int64_t" or "parmtype=NAME:string", which staprun reads. */
#define SP_PARAM_TYPE __attribute__((used, section(".modinfo"), aligned(1)))

#endif
