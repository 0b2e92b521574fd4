/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whole-file input and output that survives short transfers and EINTR.
 * Errors: -errno, and one sentence appended to err (which may be NULL).
 */
#ifndef SPILE_BASE_IO_H
#define SPILE_BASE_IO_H

#include "base/strbuf.h"

#include <sys/types.h>

/* Append all bytes of fd up to its end to out. More than max bytes: -EFBIG. */
int io_read_fd(int fd, size_t max, struct strbuf *out);
/* Read a regular file, pipe or device whole; a directory gives -EISDIR. */
int io_read_file(const char *path, size_t max, struct strbuf *out,
		 struct strbuf *err);
/* Write all len bytes; -errno on failure (also -ENOSPC, -EPIPE). */
int io_write_all(int fd, const void *bytes, size_t len);
/* Create or truncate path and write it whole; closes with the error seen. */
int io_write_file(const char *path, const void *bytes, size_t len, mode_t mode,
		  struct strbuf *err);

#endif
