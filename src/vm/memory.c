/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory as handlers in user space see it: this process's own can be read, the
 * kernel's as far as the host lets it, and nothing can be written, for the
 * program is not trusted.
 */
#include "vm/intrin.h"

#include <inttypes.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* Read bytes at an address that may be anything; how many there were. */
static size_t read_own(uint64_t address, void *to, size_t bytes)
{
	struct iovec local = { to, bytes };
	struct iovec remote = { (void *)(uintptr_t)address, bytes };
	ssize_t n = process_vm_readv(getpid(), &local, 1, &remote, 1, 0);

	return n < 0 ? 0 : (size_t)n;
}

/* Bytes of the kernel; all of them or none. */
static size_t read_kernel(struct vm *vm, uint64_t address, void *to,
			  size_t bytes)
{
	const struct vm_host *h = vm->host;

	return h->kernel_read && h->kernel_read(h->ctx, address, to, bytes) ?
		       bytes : 0;
}

bool vm_memory_read(struct vm *vm, unsigned access, uint64_t address,
		    int64_t *value)
{
	size_t bytes = mem_bytes(access), n;
	uint64_t word = 0;

	*value = 0;
	n = access & MEM_USER ? read_own(address, &word, bytes) :
				read_kernel(vm, address, &word, bytes);
	if (n != bytes)
		return false;
	*value = mem_extend(access, word);
	return true;
}

void vm_error_fault(struct vm *vm, enum fault fault, uint64_t address)
{
	const struct fault_text *t = &fault_texts[fault];
	struct strbuf text = STRBUF_INIT;

	strbuf_addf(&text, "%s0x%" PRIx64 "%s", t->before, address, t->after);
	vm_error_set(vm, text.buf, text.len);
	strbuf_release(&text);
}

/* Append the text at an address up to a NUL or to most bytes; false if not even
 * its first byte can be read. Pieces end at page borders. */
static bool read_text(struct vm *vm, bool user, uint64_t address, size_t most,
		      struct strbuf *out)
{
	/* The host reads no more of the kernel at a time. */
	const size_t step = user ? 256 : 8;
	char piece[256];

	while (most) {
		size_t want = step - address % step, n, len;

		if (want > most)
			want = most;
		n = user ? read_own(address, piece, want) :
			   read_kernel(vm, address, piece, want);
		if (!n)
			return false;
		len = strnlen(piece, n);
		strbuf_add(out, piece, len);
		if (len < want)
			return len < n;
		address += want;
		most -= want;
	}
	return true;
}

static bool string_at(struct vm *vm, uint32_t id, const struct vm_val *args,
		      struct vm_val *result)
{
	bool user = id == INTRIN_USER_STRING || id == INTRIN_USER_STRING2 ||
		    id == INTRIN_USER_STRING_N || id == INTRIN_USER_STRING_N2;
	bool counted = id == INTRIN_USER_STRING_N ||
		       id == INTRIN_USER_STRING_N2 ||
		       id == INTRIN_KERNEL_STRING_N ||
		       id == INTRIN_KERNEL_STRING_N2;
	bool otherwise = id == INTRIN_USER_STRING2 ||
			 id == INTRIN_USER_STRING_N2 ||
			 id == INTRIN_KERNEL_STRING2 ||
			 id == INTRIN_KERNEL_STRING_N2;
	size_t most = vm->prog->limits.maxstringlen - 1;

	if (counted && args[1].num >= 0 && (uint64_t)args[1].num < most)
		most = (size_t)args[1].num;
	strbuf_reset(&vm->tmp);
	if (read_text(vm, user, (uint64_t)args[0].num, most, &vm->tmp))
		return vm_tmp_result(vm, result);
	if (!otherwise) {
		vm_error_fault(vm, user ? FAULT_USER_STRING
					: FAULT_KERNEL_STRING,
			       (uint64_t)args[0].num);
		return false;
	}
	*result = args[counted ? 2 : 1];
	return true;
}

bool vm_intrin_memory(struct vm *vm, uint32_t id, const struct vm_val *args,
		      struct vm_val *result)
{
	const struct memory_read *r = memory_read_of(id);

	switch ((int)id) {
	case INTRIN_KERNEL_STRING:
	case INTRIN_KERNEL_STRING_N:
	case INTRIN_KERNEL_STRING2:
	case INTRIN_KERNEL_STRING_N2:
	case INTRIN_USER_STRING:
	case INTRIN_USER_STRING_N:
	case INTRIN_USER_STRING2:
	case INTRIN_USER_STRING_N2:
		return string_at(vm, id, args, result);
	}
	result->num = 0;
	if (id == INTRIN_TASK_CURRENT && vm->host->kernel_task)
		result->num = (int64_t)vm->host->kernel_task(vm->host->ctx);
	if (!r || vm_memory_read(vm, r->access, (uint64_t)args[0].num, &result->num) ||
	    r->fault == FAULT_NONE)
		return true;
	vm_error_fault(vm, (enum fault)r->fault, (uint64_t)args[0].num);
	return false;
}
