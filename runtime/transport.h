/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a module talks to user space: /proc/systemtap/NAME/.cmd for messages and
 * trace0 for text (src/proto/control.h).
 *
 * "Any context" below means that: process, interrupt, NMI, with any lock held.
 * Such functions never sleep or wait and touch only memory that is there.
 */
#ifndef SPILE_RUNTIME_TRANSPORT_H
#define SPILE_RUNTIME_TRANSPORT_H

#include <linux/types.h>

struct proc_dir_entry;

/* What the transport asks of the session. Called one at a time, in process
 * context, from the write() of a message (stop() also when the module goes). */
struct sp_transport_ops {
	/* Run begin handlers and attach everything; sp_target() is set. 0, or
	 * -errno after sp_error() said why; then nothing may be attached. Text
	 * written meanwhile can already be read. */
	int (*start)(void);
	/* Detach everything, wait until no handler runs, run end handlers.
	 * Called once, and only if start() returned 0. Nothing may write after
	 * it returned. */
	void (*stop)(void);
};

/* Make files and buffers, from module init; may sleep. ops must live as long
 * as the module. 0 or -errno, then all is undone. */
int sp_transport_init(const struct sp_transport_ops *ops);

/* Stop a session that runs, remove files and buffers; from module exit. */
void sp_transport_exit(void);

/* The module's folder in /proc, for files of probes; NULL before init and when
 * it has been removed with all that was in it. Process context. */
struct proc_dir_entry *sp_transport_folder(void);

/* --- text for the trace file; any context --- */

/* The longest text of one call; longer ones are cut into several, which others
 * may come between. */
#define SP_OUT_MAX 8192u

/* Append a text of any length. Texts come out in the order of these calls, over
 * all CPUs. What finds no room is dropped and counted. */
void sp_out_write(const char *text, size_t len);

/* Room for a text of len (1 … SP_OUT_MAX) bytes, to be filled and committed
 * at once by the same CPU: nothing that comes later is read before, and
 * preemption is off in between. NULL: no room, counted, nothing to commit. */
void *sp_out_reserve(size_t len);

/* Hand over what was reserved; only its first len bytes (0: nothing) if fewer
 * were needed. */
void sp_out_commit(void *room, size_t len);

/* --- messages; any context --- */

/* A line "WARNING: text" or "ERROR: text" on standard error, cut at 383 bytes;
 * an error makes the exit status 1. Newlines are added here. */
void sp_warn(const char *format, ...) __printf(1, 2);
void sp_error(const char *format, ...) __printf(1, 2);

/* The same for a text that is ready, without a format. */
void sp_warn_text(const char *text);
void sp_error_text(const char *text);

/* Let stapio run a shell command; len bytes without a NUL. */
void sp_run_command(const char *text, size_t len);

/* Ask for the end of the session: stop() will be called soon if somebody is
 * attached, else when somebody is. */
void sp_request_exit(void);

/* --- what user space told; valid from start() on; any context --- */

/* Process of -c or -x in the initial pid namespace, or 0. */
pid_t sp_target(void);
/* Process of stapio, or 0 when nobody is attached. */
pid_t sp_stapio_pid(void);
/* Seconds west of UTC, and the zone's name ("" if not told). */
s64 sp_tz_west(void);
const char *sp_tz_name(void);
/* Number and URI given by option -r; -1 and "" if not given. */
int sp_remote_id(void);
const char *sp_remote_uri(void);
/* CONTROL_STAP* bits of who loaded the module; 0: not told. */
u32 sp_privilege(void);
/* Address that staprun found of the kernel symbol "_stext" or
 * "kallsyms_lookup_name", or 0. */
unsigned long sp_kernel_address(const char *symbol);
/* Pieces of output and messages that found no room. */
u64 sp_transport_lost(void);

#endif
