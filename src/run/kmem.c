/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/kmem.h"

#include "run/bpfsys.h"

#include <linux/bpf.h>
#include <string.h>
#include <unistd.h>

/* What the program is given, and gives back (Linux 5.14: programs of the type
 * SYSCALL run on request, over memory of the caller's). */
struct request {
	uint64_t address, bytes; /* bytes: 0 to 8 */
	uint64_t value, status;
	uint64_t task;
};

#define OP(code_, dst, src, off_, imm_)                              \
	((struct bpf_insn){ .code = (code_), .dst_reg = (dst),       \
			    .src_reg = (src), .off = (int16_t)(off_), \
			    .imm = (imm_) })
#define FIELD(name) offsetof(struct request, name)
#define LOAD(dst, src, off)  OP(BPF_LDX | BPF_MEM | BPF_DW, dst, src, off, 0)
#define STORE(dst, off, src) OP(BPF_STX | BPF_MEM | BPF_DW, dst, src, off, 0)
#define MOVE(dst, src)       OP(BPF_ALU64 | BPF_MOV | BPF_X, dst, src, 0, 0)
#define SET(dst, n)          OP(BPF_ALU64 | BPF_MOV | BPF_K, dst, 0, 0, n)
#define ADD(dst, n)          OP(BPF_ALU64 | BPF_ADD | BPF_K, dst, 0, 0, n)
#define CALL(helper)         OP(BPF_JMP | BPF_CALL, 0, 0, 0, helper)

static const struct bpf_insn program[] = {
	MOVE(BPF_REG_6, BPF_REG_1),
	SET(BPF_REG_1, 0),
	STORE(BPF_REG_10, -8, BPF_REG_1),
	LOAD(BPF_REG_2, BPF_REG_6, FIELD(bytes)),
	/* The verifier wants to see the bound. */
	OP(BPF_JMP | BPF_JLE | BPF_K, BPF_REG_2, 0, 1, 8),
	SET(BPF_REG_2, 0),
	MOVE(BPF_REG_1, BPF_REG_10),
	ADD(BPF_REG_1, -8),
	LOAD(BPF_REG_3, BPF_REG_6, FIELD(address)),
	CALL(BPF_FUNC_probe_read_kernel),
	STORE(BPF_REG_6, FIELD(status), BPF_REG_0),
	LOAD(BPF_REG_1, BPF_REG_10, -8),
	STORE(BPF_REG_6, FIELD(value), BPF_REG_1),
	CALL(BPF_FUNC_get_current_task),
	STORE(BPF_REG_6, FIELD(task), BPF_REG_0),
	SET(BPF_REG_0, 0),
	OP(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
};

static bool ask(struct kmem *m, struct request *r)
{
	if (!m->tried) {
		m->tried = true;
		m->fd = bpfsys_load(BPF_PROG_TYPE_SYSCALL, BPF_F_SLEEPABLE,
				    program,
				    sizeof(program) / sizeof(program[0]));
	}
	return m->fd >= 0 && !bpfsys_run_on(m->fd, r, sizeof(*r));
}

bool kmem_read(struct kmem *m, uint64_t address, void *to, size_t n)
{
	struct request r = { .address = address, .bytes = n };

	if (!ask(m, &r) || r.status)
		return false;
	memcpy(to, &r.value, n);
	return true;
}

uint64_t kmem_task(struct kmem *m)
{
	struct request r = { 0 };

	return ask(m, &r) ? r.task : 0;
}

void kmem_release(struct kmem *m)
{
	if (m->tried && m->fd >= 0)
		close(m->fd);
	*m = (struct kmem){ 0 };
}
