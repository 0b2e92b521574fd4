/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The few bpf(2) calls that stapio makes on maps it was handed, without libbpf.
 * All return 0 or -errno.
 */
#ifndef SPILE_RUN_BPFSYS_H
#define SPILE_RUN_BPFSYS_H

#include <stdbool.h>
#include <stdint.h>

struct bpf_insn;

/* Read an element; the sizes of key and value are the map's. */
int bpfsys_lookup(int fd, const void *key, void *value);
/* Store; insert if new, or (only_new) else fail with -EEXIST. -E2BIG: the map
 * is full. */
int bpfsys_update(int fd, const void *key, const void *value, bool only_new);
/* -ENOENT: there was none. */
int bpfsys_delete(int fd, const void *key);
/* Read and remove in one step (Linux 5.14; -EINVAL, -EOPNOTSUPP or -ENOTSUPP
 * before). */
int bpfsys_take(int fd, const void *key, void *value);
/* Run a program that takes no context; *result is what it returned. */
int bpfsys_run(int prog_fd, uint32_t *result);
/* Run a program over len bytes of memory, which it may change. */
int bpfsys_run_on(int prog_fd, void *memory, uint32_t len);
/* Load n instructions as a GPL program of a type; its descriptor or -errno. */
int bpfsys_load(uint32_t type, uint32_t flags, const struct bpf_insn *insns,
		uint32_t n);
/* The key after key (NULL: the first one); -ENOENT behind the last. */
int bpfsys_next_key(int fd, const void *key, void *next);
/* Read, or read and remove, up to *count entries from where batch_in says
 * (NULL: the start); sets *count and batch_out. -ENOENT: that was the rest; -ENOSPC: *count is too small for
 * one bucket; -EINVAL, -EOPNOTSUPP or -ENOTSUPP: the kernel has no batch call
 * for this map. */
int bpfsys_batch(int fd, bool remove, const void *batch_in, void *batch_out,
		 void *keys, void *values, uint32_t *count);

#endif
