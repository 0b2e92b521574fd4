/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A session in the kernel: from the globals to the end handlers; and what the
 * ways of attaching a probe (probe_*.c, timer.c) need of it.
 */
#ifndef SPILE_RUNTIME_SESSION_H
#define SPILE_RUNTIME_SESSION_H

#include <linux/types.h>

#define SP_KERNEL_TYPES
#include "api.h"

struct pt_regs;

enum sp_state {
	SP_STARTING, /* begin handlers run */
	SP_RUNNING,
	SP_STOPPING, /* exit() */
	SP_BROKEN,   /* more than MAXERRORS errors, or MAXSKIPPED */
};

/* --- for module.c; process context, one at a time --- */

/* Make globals and contexts; from module init, when the parameters are set. 0
 * or -errno, then all is undone. */
int sp_session_init(void);
/* Run begin handlers, attach the others. 0, or -errno after an error message
 * was given; nothing is attached then. */
int sp_session_start(void);
/* Detach, wait until no handler runs, run end or error handlers. */
void sp_session_stop(void);
/* Free what init made; no handler runs. */
void sp_session_exit(void);

/* --- for those who attach --- */

/* $value of a procfs probe, or what an input probe was given. */
struct sp_value {
	char *text;
	u32 len, most; /* bytes: there, and room for */
};

/* What a handler finds where its probe was hit. */
struct sp_hit {
	struct pt_regs *regs;      /* of kprobes and uprobes, or NULL */
	const unsigned long *args; /* of tracepoints, or NULL */
	u32 n_args;
	long result;               /* of return probes */
	struct sp_value *value;    /* of procfs and input probes */
};

/* Run the handlers of a head probe, if the session is in a state for it and
 * the task is the target where that matters. Any context, also NMI; hit may be
 * NULL. Preemption may be on or off. */
void sp_probe_hit(struct sp_probe *p, const struct sp_hit *hit);

/* Each kind of probe has two functions: attach takes a head probe and keeps
 * what it needs in p->state. It returns 0, or -errno; then it has said why with
 * sp_warn() or sp_error(), and has kept nothing. After a warning only (1 is
 * returned) the session goes on without that probe. detach is called once for
 * each probe whose attach returned 0; behind it no new hit begins. */
int sp_timer_attach(struct sp_probe *p);
void sp_timer_detach(struct sp_probe *p);
int sp_procfs_attach(struct sp_probe *p);
void sp_procfs_detach(struct sp_probe *p);
int sp_kprobe_attach(struct sp_probe *p);
void sp_kprobe_detach(struct sp_probe *p);
int sp_tracepoint_attach(struct sp_probe *p);
void sp_tracepoint_detach(struct sp_probe *p);
int sp_syscall_attach(struct sp_probe *p);
void sp_syscall_detach(struct sp_probe *p);
int sp_perf_attach(struct sp_probe *p);
void sp_perf_detach(struct sp_probe *p);
int sp_watch_attach(struct sp_probe *p);
void sp_watch_detach(struct sp_probe *p);
int sp_uprobe_attach(struct sp_probe *p);
void sp_uprobe_detach(struct sp_probe *p);
int sp_life_attach(struct sp_probe *p);
void sp_life_detach(struct sp_probe *p);

/* Whether the process is whose events are wanted: n1 is its id; or with n2 the
 * inode and device of the program it runs. */
bool sp_is_owner(const struct sp_probe *p);

/* The session's state. */
enum sp_state sp_session_state(void);

#endif
