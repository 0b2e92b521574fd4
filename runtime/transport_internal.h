/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of the transport only: control.c, out.c, transport.c. */
#ifndef SPILE_RUNTIME_TRANSPORT_INTERNAL_H
#define SPILE_RUNTIME_TRANSPORT_INTERNAL_H

#include "transport.h"

struct proc_dir_entry;

/* --- control.c: messages and the session's state --- */

int sp_control_init(const struct sp_transport_ops *ops);
/* Make ".cmd" in a folder; owner as for the trace file. */
int sp_control_make_file(struct proc_dir_entry *dir);
/* Stop a session that runs; no file is there any more. */
void sp_control_stop(void);
void sp_control_release(void);
/* Whether the last message was of the old dialect. */
bool sp_control_is_old(void);
/* Whether the session has ended: no text will come. */
bool sp_control_has_ended(void);
/* Wake readers of ".cmd" if they are waiting; process or interrupt. */
void sp_control_wake(void);

/* --- out.c: text --- */

/* Buffers of that many MiB a CPU; 0: of the usual size. */
int sp_out_init(unsigned int mib);
int sp_out_make_file(struct proc_dir_entry *dir);
/* Wait until all text was read, at most that long. */
void sp_out_wait_read(unsigned int timeout_ms);
/* The session has ended: let waiting readers see it. */
void sp_out_end(void);
/* Texts dropped so far; KiB of buffer a CPU. */
u64 sp_out_lost(void);
unsigned long sp_out_kib(void);
void sp_out_release(void);
void sp_out_wake(void);

/* --- transport.c --- */

/* Have both files' readers woken soon; any context. */
void sp_transport_kick(void);

#endif
