/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "staprun/bpflink.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define UPROBE_MULTI_RETURN 1u

/* The attributes of BPF_LINK_CREATE, which system headers lag behind with. */
struct link_create_attr {
	uint32_t prog_fd, target_fd, attach_type, flags;
	union {
		struct {
			uint64_t path, offsets, ref_ctr_offsets, cookies;
			uint32_t n, flags, pid, pad;
		} uprobe_multi;
		struct {
			uint64_t cookie;
		} perf_event;
		struct {
			uint32_t flags, n;
			uint64_t names, addresses, cookies;
		} kprobe_multi;
	};
};

static int link_create(struct link_create_attr *attr, size_t size)
{
	int fd = (int)syscall(SYS_bpf, BPF_LINK_CREATE, attr, size);

	return fd < 0 ? -errno : fd;
}

int bpflink_raw_tracepoint(int prog_fd, const char *name)
{
	union bpf_attr attr = { .raw_tracepoint = {
					.name = (uintptr_t)name,
					.prog_fd = (uint32_t)prog_fd } };
	int fd = (int)syscall(SYS_bpf, BPF_RAW_TRACEPOINT_OPEN, &attr,
			      sizeof(attr));

	return fd < 0 ? -errno : fd;
}

int bpflink_uprobe_multi(int prog_fd, const char *path, bool is_return,
			 const uint64_t *offsets, const uint64_t *cookies,
			 const uint64_t *counters, uint32_t n)
{
	struct link_create_attr attr = {
		.prog_fd = (uint32_t)prog_fd,
		.attach_type = BPFLINK_TRACE_UPROBE_MULTI,
		.uprobe_multi = { .path = (uintptr_t)path,
				  .offsets = (uintptr_t)offsets,
				  .ref_ctr_offsets = (uintptr_t)counters,
				  .cookies = (uintptr_t)cookies,
				  .n = n,
				  .flags = is_return ? UPROBE_MULTI_RETURN :
						       0 }
	};

	return link_create(&attr, sizeof(attr));
}

bool bpflink_has_uprobe_multi(void)
{
	/* r0 = 0; exit */
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_KPROBE,
		.insn_cnt = 2,
		.insns = (uintptr_t)insns,
		.license = (uintptr_t) "GPL",
		.expected_attach_type = BPFLINK_TRACE_UPROBE_MULTI,
	};
	uint64_t offset = 1;
	int rc, fd = (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));

	if (fd < 0)
		return false;
	/* A directory: kernels that know the call get as far as saying so. */
	rc = bpflink_uprobe_multi(fd, "/", false, &offset, NULL, NULL, 1);
	if (rc >= 0)
		close(rc);
	close(fd);
	return rc == -EBADF;
}

/* Tie a program to a perf event: by a link, which carries a cookie and keeps
 * the event open, or before Linux 5.15 by ioctl. Takes event_fd. */
static int attach_event(int event_fd, int prog_fd, uint64_t cookie)
{
	struct link_create_attr attr = { .prog_fd = (uint32_t)prog_fd,
					 .target_fd = (uint32_t)event_fd,
					 .attach_type = BPF_PERF_EVENT,
					 .perf_event = { cookie } };
	int rc = link_create(&attr, 24);

	if (rc >= 0) {
		close(event_fd);
		return rc;
	}
	if (rc == -EINVAL &&
	    !ioctl(event_fd, PERF_EVENT_IOC_SET_BPF, prog_fd) &&
	    !ioctl(event_fd, PERF_EVENT_IOC_ENABLE, 0))
		return event_fd;
	if (rc == -EINVAL && errno)
		rc = -errno;
	close(event_fd);
	return rc;
}

static int open_event(struct perf_event_attr *attr, int cpu)
{
	int fd = (int)syscall(SYS_perf_event_open, attr, -1, cpu, -1,
			      PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int bpflink_perf(int prog_fd, uint32_t type, uint64_t config, int64_t period,
		 int cpu, uint64_t cookie)
{
	struct perf_event_attr attr = { .type = type,
					.size = sizeof(attr),
					.config = config,
					.freq = period < 0 };
	int fd;

	/* A union: sample_freq where freq is set. */
	attr.sample_period = period < 0 ? -(uint64_t)period : (uint64_t)period;
	fd = open_event(&attr, cpu);
	return fd < 0 ? fd : attach_event(fd, prog_fd, cookie);
}

int bpflink_watch(int prog_fd, uint64_t address, uint32_t length,
		  uint32_t access, int cpu, uint64_t cookie)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_BREAKPOINT,
		.size = sizeof(attr),
		.sample_period = 1,
		.bp_type = access & 2 ? HW_BREAKPOINT_RW : HW_BREAKPOINT_W,
		.bp_addr = address,
		.bp_len = length,
	};
	int fd = open_event(&attr, cpu);

	return fd < 0 ? fd : attach_event(fd, prog_fd, cookie);
}

int bpflink_kprobe_multi(int prog_fd, bool is_return, const char *const *names,
			 const uint64_t *cookies, uint32_t n)
{
	struct link_create_attr attr = {
		.prog_fd = (uint32_t)prog_fd,
		.attach_type = BPFLINK_TRACE_KPROBE_MULTI,
		.kprobe_multi = { .flags = is_return,
				  .n = n,
				  .names = (uintptr_t)names,
				  .cookies = (uintptr_t)cookies },
	};

	return link_create(&attr, sizeof(attr));
}

bool bpflink_has_kprobe_multi(void)
{
	/* r0 = 0; exit */
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_KPROBE,
		.insn_cnt = 2,
		.insns = (uintptr_t)insns,
		.license = (uintptr_t) "GPL",
		.expected_attach_type = BPFLINK_TRACE_KPROBE_MULTI,
	};
	const char *name = "spile_no_such_function";
	uint64_t cookie = 0;
	int rc, fd = (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));

	if (fd < 0)
		return false;
	rc = bpflink_kprobe_multi(fd, false, &name, &cookie, 1);
	if (rc >= 0)
		close(rc);
	close(fd);
	/* Kernels that have it look for the function. */
	return rc == -ESRCH || rc == -ENOENT;
}

/* The number of the PMU for uprobes or kprobes. */
static int probe_type(const char *what)
{
	char path[64];
	char text[16] = "";
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/sys/bus/event_source/devices/%s/type",
		 what);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	return n > 0 ? (int)strtol(text, NULL, 10) : -EIO;
}

int bpflink_uprobe(int prog_fd, const char *path, bool is_return,
		   uint64_t offset, uint64_t counter, uint64_t cookie)
{
	/* Bit 0 of config asks for the return, the upper half is the counter;
	 * every kernel so far has them there (events/uprobe/format). */
	struct perf_event_attr attr = { .size = sizeof(attr),
					.config = counter << 32 | is_return,
					.config1 = (uintptr_t)path,
					.config2 = offset };
	int type = probe_type("uprobe"), fd;

	if (type < 0)
		return type;
	attr.type = (uint32_t)type;
	fd = open_event(&attr, 0);
	return fd < 0 ? fd : attach_event(fd, prog_fd, cookie);
}

int bpflink_kprobe(int prog_fd, const char *name, bool is_return,
		   uint64_t offset, uint64_t cookie)
{
	struct perf_event_attr attr = { .size = sizeof(attr),
					.config = is_return,
					.config1 = (uintptr_t)name,
					.config2 = offset };
	int type = probe_type("kprobe"), fd;

	if (type < 0)
		return type;
	attr.type = (uint32_t)type;
	fd = open_event(&attr, 0);
	return fd < 0 ? fd : attach_event(fd, prog_fd, cookie);
}
