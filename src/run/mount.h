/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The folder /var/tmp/systemtap-USER/MODULE with a file system of our own.
 */
#ifndef SPILE_RUN_MOUNT_H
#define SPILE_RUN_MOUNT_H

#include "base/strbuf.h"

#include <stdbool.h>

struct mount {
	int fd;             /* to the kernel, not blocking; or -1 */
	struct strbuf path; /* empty: no folder was made */
	bool mounted, by_helper;
};

#define MOUNT_INIT                                                            \
	{                                                                     \
		.fd = -1, .path = STRBUF_INIT                                 \
	}

/* Make the folder and mount on it: by ourselves if we may, else by fusermount3.
 * Removes what sessions left behind that were killed. 0, or -errno and one
 * sentence; mount_close() is due in any case. */
int mount_open(struct mount *m, const char *module, struct strbuf *err);
/* Unmount, remove the folder. Whoever waits for an answer gets an error. */
void mount_close(struct mount *m);

#endif
