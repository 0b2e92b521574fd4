/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control file of a module (proto/control.h), seen from stapio.
 *
 * START and EXIT run the script's begin and end handlers inside the write, and
 * those may print more than the module can hold; so they are written by a
 * thread, and the loop reads meanwhile.
 */
#ifndef SPILE_RUN_CONTROL_H
#define SPILE_RUN_CONTROL_H

#include "base/strbuf.h"
#include "proto/control.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* A message that was read; the text is NUL-terminated behind its len bytes. */
struct control_message {
	size_t len;
	uint32_t number; /* enum control_number, or above if unknown */
	char *text;
};

struct control {
	int fd;
	uint32_t base;     /* CONTROL_BASE_* */
	bool writing;      /* there is a thread */
	pthread_t thread;
	uint32_t number;   /* what it writes */
	struct control_start payload;
	size_t len;
	int result;        /* 0 or -errno; when it has ended */
	int done;          /* it has ended; atomic */
	char *buf;         /* the last message read; heap */
};

/* Open ".cmd" in a module's folder and find out its dialect. 0, or -errno and
 * one sentence. */
int control_open(struct control *c, int folder_fd, struct strbuf *err);

/* Write a message at once: one that the module answers at once. 0 or -errno. */
int control_send(struct control *c, enum control_number number,
		 const void *payload, size_t len);

/* Begin to write START for a target process, or EXIT. False: the one before is
 * still being written. */
bool control_begin_start(struct control *c, pid_t target);
bool control_begin_exit(struct control *c);

/* Whether a write has ended since the last call; *result is 0 or -errno. */
bool control_end_write(struct control *c, int *result);

/* The next message without waiting; it is good until the next call. 1, 0 if
 * there is none, or -errno. */
int control_read(struct control *c, struct control_message *m);

/* Wait for the thread and close the file. */
void control_close(struct control *c);

#endif
