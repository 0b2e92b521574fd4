/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Signals that end a session: INT, TERM, HUP, QUIT.
 *
 * The first asks for an orderly end, the third leaves at once (so that a reader
 * that stopped reading cannot hold us). They are counted by a handler rather
 * than read from a signalfd, so that one that comes while we wait in a write is
 * seen. SIGPIPE is ignored: write errors say the same.
 */
#ifndef SPILE_RUN_SIGNALS_H
#define SPILE_RUN_SIGNALS_H

#include <stdbool.h>

/* Install the handlers. Cheap: done before the script runs. */
void signals_init(void);

/* The same beside a kernel module: QUIT asks to detach, USR2 for the next output
 * file, and signals of one moment count once, since they may come from the
 * terminal and through staprun as well. */
void signals_init_module(void);

/* Whether QUIT came; whether USR2 came since this was last asked. */
bool signals_detach(void);
bool signals_take_switch(void);
/* Forget what made signals_fd() readable. */
void signals_clear_fd(void);

/* How many came so far. */
int signals_seen(void);

/* A descriptor that becomes readable when one comes, made on the first call;
 * -errno on failure. */
int signals_fd(void);

/* Back to the defaults, for a child that will exec. */
void signals_reset(void);

#endif
