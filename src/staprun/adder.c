/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "staprun/adder.h"

#include "proto/handoff.h"
#include "proto/session.h"

#include <errno.h>
#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

static int bpf_call(enum bpf_cmd cmd, union bpf_attr *attr)
{
	int fd = (int)syscall(SYS_bpf, cmd, attr, sizeof(*attr));

	return fd < 0 ? -errno : fd;
}

int adder_make_map(uint32_t key_size)
{
	union bpf_attr attr = { .map_type = BPF_MAP_TYPE_ARRAY,
				.key_size = 4,
				.value_size = (uint32_t)sizeof(
						      struct handoff_add) +
					      key_size,
				.max_entries = 1,
				.map_flags = BPF_F_MMAPABLE,
				.map_name = HANDOFF_ADD_MAP };

	return bpf_call(BPF_MAP_CREATE, &attr);
}

int adder_load(int param_fd, int map_fd)
{
	const struct bpf_insn insns[] = {
		/* r6 = the arguments; r2 = the key; r1 = the array */
		{ .code = BPF_LD | BPF_DW | BPF_IMM,
		  .dst_reg = 6,
		  .src_reg = BPF_PSEUDO_MAP_VALUE,
		  .imm = param_fd },
		{ 0 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X,
		  .dst_reg = 2,
		  .src_reg = 6 },
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K,
		  .dst_reg = 2,
		  .imm = sizeof(struct handoff_add) },
		{ .code = BPF_LD | BPF_DW | BPF_IMM,
		  .dst_reg = 1,
		  .src_reg = BPF_PSEUDO_MAP_FD,
		  .imm = map_fd },
		{ 0 },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_map_lookup_elem },
		/* r0 == NULL: return 1 */
		{ .code = BPF_JMP | BPF_JEQ | BPF_K, .off = 4 },
		{ .code = BPF_LDX | BPF_DW | BPF_MEM,
		  .dst_reg = 1,
		  .src_reg = 6 },
		{ .code = BPF_STX | BPF_DW | BPF_ATOMIC,
		  .src_reg = 1,
		  .off = offsetof(struct map_value, num),
		  .imm = BPF_ADD },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr = { .prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT,
				.insn_cnt = sizeof(insns) / sizeof(insns[0]),
				.insns = (uintptr_t)insns,
				.license = (uintptr_t) "GPL",
				.prog_name = "spile_add" };

	return bpf_call(BPF_PROG_LOAD, &attr);
}
