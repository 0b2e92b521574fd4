/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernel calls that attach one program, by raw bpf(2) and perf_event_open(2):
 * libbpf 1.1 knows neither uprobe_multi nor links with our own cookies. All
 * return a descriptor that detaches when it is closed, or -errno.
 */
#ifndef SPILE_STAPRUN_BPFLINK_H
#define SPILE_STAPRUN_BPFLINK_H

#include <stdbool.h>
#include <stdint.h>

/* The attach type that programs for uprobe_multi must be loaded with. */
#define BPFLINK_TRACE_UPROBE_MULTI 48
/* The same for functions of the kernel. */
#define BPFLINK_TRACE_KPROBE_MULTI 42

/* Whether the kernel has uprobe_multi links (Linux 6.6). */
bool bpflink_has_uprobe_multi(void);

/* A raw tracepoint, by its name without the system. */
int bpflink_raw_tracepoint(int prog_fd, const char *name);

/* All n locations of one file at once. offsets count from the start of the
 * file; each location has its cookie, and in counters the place in the file of a
 * 16-bit counter that is raised while attached, or 0. counters may be NULL. */
int bpflink_uprobe_multi(int prog_fd, const char *path, bool is_return,
			 const uint64_t *offsets, const uint64_t *cookies,
			 const uint64_t *counters, uint32_t n);

/* One location, by a perf event: slow to detach. */
int bpflink_uprobe(int prog_fd, const char *path, bool is_return,
		   uint64_t offset, uint64_t counter, uint64_t cookie);

/* Whether the kernel has kprobe.multi links (Linux 5.18, if built in). */
bool bpflink_has_kprobe_multi(void);
/* n functions of the kernel by their names, each with its cookie. */
int bpflink_kprobe_multi(int prog_fd, bool is_return, const char *const *names,
			 const uint64_t *cookies, uint32_t n);
/* One place in the kernel by a perf event: an offset in a function, or an address
 * if name is NULL. Slow to detach. */
int bpflink_kprobe(int prog_fd, const char *name, bool is_return,
		   uint64_t offset, uint64_t cookie);

/* A counter on one CPU: each period counts, or -period times a second.
 * -ENODEV: that CPU is offline. */
int bpflink_perf(int prog_fd, uint32_t type, uint64_t config, int64_t period,
		 int cpu, uint64_t cookie);

/* Access to length bytes at a kernel address on one CPU; access is that of
 * ATTACH_WATCH. */
int bpflink_watch(int prog_fd, uint64_t address, uint32_t length,
		  uint32_t access, int cpu, uint64_t cookie);

#endif
