/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The few bpf(2) calls that stapio makes on maps it was handed, without libbpf.
 * All return 0 or -errno.
 */
#ifndef SPILE_RUN_BPFSYS_H
#define SPILE_RUN_BPFSYS_H

#include <stdint.h>

/* Read an element; the sizes of key and value are the map's. */
int bpfsys_lookup(int fd, const void *key, void *value);
/* Also inserts. -E2BIG: the map is full. */
int bpfsys_update(int fd, const void *key, const void *value);
/* -ENOENT: there was none. */
int bpfsys_delete(int fd, const void *key);
/* The key after key (NULL: the first one); -ENOENT behind the last. */
int bpfsys_next_key(int fd, const void *key, void *next);
/* Up to *count entries from where batch_in says (NULL: the start); sets *count
 * and batch_out. -ENOENT: that was the rest; -ENOSPC: *count is too small for
 * one bucket; -EINVAL, -EOPNOTSUPP or -ENOTSUPP: the kernel has no batch call
 * for this map. */
int bpfsys_lookup_batch(int fd, const void *batch_in, void *batch_out,
			void *keys, void *values, uint32_t *count);

#endif
