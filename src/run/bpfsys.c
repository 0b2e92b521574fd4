/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/bpfsys.h"

#include <errno.h>
#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

static int bpf_call(enum bpf_cmd cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr)) < 0 ? -errno : 0;
}

int bpfsys_lookup(int fd, const void *key, void *value)
{
	union bpf_attr attr = { .map_fd = (uint32_t)fd,
				.key = (uintptr_t)key,
				.value = (uintptr_t)value };

	return bpf_call(BPF_MAP_LOOKUP_ELEM, &attr);
}

int bpfsys_update(int fd, const void *key, const void *value, bool only_new)
{
	union bpf_attr attr = { .map_fd = (uint32_t)fd,
				.key = (uintptr_t)key,
				.value = (uintptr_t)value,
				.flags = only_new ? BPF_NOEXIST : BPF_ANY };

	return bpf_call(BPF_MAP_UPDATE_ELEM, &attr);
}

int bpfsys_delete(int fd, const void *key)
{
	union bpf_attr attr = { .map_fd = (uint32_t)fd,
				.key = (uintptr_t)key };

	return bpf_call(BPF_MAP_DELETE_ELEM, &attr);
}

int bpfsys_take(int fd, const void *key, void *value)
{
	union bpf_attr attr = { .map_fd = (uint32_t)fd,
				.key = (uintptr_t)key,
				.value = (uintptr_t)value };

	return bpf_call(BPF_MAP_LOOKUP_AND_DELETE_ELEM, &attr);
}

int bpfsys_run(int prog_fd, uint32_t *result)
{
	union bpf_attr attr = { .test = { .prog_fd = (uint32_t)prog_fd } };
	int rc = bpf_call(BPF_PROG_TEST_RUN, &attr);

	*result = attr.test.retval;
	return rc;
}

int bpfsys_run_on(int prog_fd, void *memory, uint32_t len)
{
	union bpf_attr attr = { .test = { .prog_fd = (uint32_t)prog_fd,
					  .ctx_in = (uintptr_t)memory,
					  .ctx_size_in = len } };

	return bpf_call(BPF_PROG_TEST_RUN, &attr);
}

int bpfsys_load(uint32_t type, uint32_t flags, const struct bpf_insn *insns,
		uint32_t n)
{
	static const char license[] = "GPL";
	union bpf_attr attr = { .prog_type = type,
				.prog_flags = flags,
				.insns = (uintptr_t)insns,
				.insn_cnt = n,
				.license = (uintptr_t)license };
	int fd = (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));

	return fd < 0 ? -errno : fd;
}

int bpfsys_next_key(int fd, const void *key, void *next)
{
	union bpf_attr attr = { .map_fd = (uint32_t)fd,
				.key = (uintptr_t)key,
				.next_key = (uintptr_t)next };

	return bpf_call(BPF_MAP_GET_NEXT_KEY, &attr);
}

int bpfsys_batch(int fd, bool remove, const void *batch_in, void *batch_out,
		 void *keys, void *values, uint32_t *count)
{
	union bpf_attr attr = { .batch = { .in_batch = (uintptr_t)batch_in,
					   .out_batch = (uintptr_t)batch_out,
					   .keys = (uintptr_t)keys,
					   .values = (uintptr_t)values,
					   .count = *count,
					   .map_fd = (uint32_t)fd } };
	int rc = bpf_call(remove ? BPF_MAP_LOOKUP_AND_DELETE_BATCH :
				   BPF_MAP_LOOKUP_BATCH,
			  &attr);

	*count = attr.batch.count;
	return rc;
}
