/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Instructions that take more than a few lines: output, intrinsics, the lock,
 * iterations. */
#include "vm/intrin.h"
#include "vm/stat.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

/* --- output --- */

/* Render a format with the operands behind it: format, count, operands. Texts
 * are padded to size at most. */
static void render(struct vm *vm, const char *fp, const uint32_t *w,
		   size_t size, struct strbuf *out)
{
	uint32_t i;

	for (i = 0; i < w[1]; i++) {
		struct fmt_arg *arg = &vm->args[i];
		const char *at = fp + (w[2 + i] & ~1u);

		*arg = (struct fmt_arg){ .str = "" };
		if (w[2 + i] & 1) {
			const struct vm_slot *s = (const void *)at;

			arg->str = s->text;
			arg->len = s->len;
		} else {
			memcpy(&arg->num, at, sizeof(arg->num));
		}
	}
	fmt_render_sized(&vm->prog->formats.at[w[0]].fmt, vm->args, size, out);
}

void vm_flush(struct vm *vm)
{
	if (vm->out.len)
		vm->host->output(vm->host->ctx, vm->out.buf, vm->out.len);
	strbuf_reset(&vm->out);
}

uint32_t vm_print(struct vm *vm, const char *fp, const uint32_t *operands)
{
	size_t before = vm->out.len, made;

	render(vm, fp, operands, FMT_SIZE_MAX, &vm->out);
	made = vm->out.len - before;
	if (vm->out.len >= VM_OUTPUT_BYTES)
		vm_flush(vm);
	return (uint32_t)made;
}

uint32_t vm_sprint(struct vm *vm, char *fp, const uint32_t *operands)
{
	struct vm_slot *dst = (struct vm_slot *)(void *)(fp + operands[0]);

	strbuf_reset(&vm->tmp);
	render(vm, fp, operands + 2, vm->prog->limits.maxstringlen, &vm->tmp);
	/* A NUL ends the string. */
	vm_slot_set(dst, vm->tmp.buf, strnlen(vm->tmp.buf, vm->tmp.len),
		    operands[1]);
	return (uint32_t)vm->tmp.len;
}

int vm_hist_print(struct vm *vm, struct vm_array *a, const struct vm_val *keys)
{
	int ret = vm_stat_picture(vm, a, keys, &vm->out);

	if (vm->out.len >= VM_OUTPUT_BYTES)
		vm_flush(vm);
	return ret;
}

int vm_hist_text(struct vm *vm, struct vm_array *a, const struct vm_val *keys,
		 struct vm_slot *dst, uint32_t bound)
{
	int ret;

	strbuf_reset(&vm->tmp);
	ret = vm_stat_picture(vm, a, keys, &vm->tmp);
	if (!ret)
		vm_slot_set(dst, vm->tmp.buf, vm->tmp.len, bound);
	return ret;
}

/* --- intrinsics --- */

static int64_t now(int64_t unit_ns)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (ts.tv_sec * 1000000000 + ts.tv_nsec) / unit_ns;
}

static void text_result(struct vm *vm, const char *text, struct vm_val *result)
{
	strbuf_reset(&vm->tmp);
	strbuf_addstr(&vm->tmp, text);
	result->str = vm->tmp.buf;
	result->len = (uint32_t)vm->tmp.len;
}

static void execname(struct vm *vm, struct vm_val *result)
{
	char name[17] = "";

	if (prctl(PR_GET_NAME, name, 0, 0, 0))
		name[0] = 0;
	text_result(vm, name, result);
}

static void log_line(struct vm *vm, const struct vm_val *text)
{
	strbuf_add(&vm->out, text->str, text->len);
	strbuf_addch(&vm->out, '\n');
	if (vm->out.len >= VM_OUTPUT_BYTES)
		vm_flush(vm);
}

bool vm_intrin(struct vm *vm, uint32_t id, const struct vm_val *args,
	       struct vm_val *result)
{
	const struct ir_probe *probe;

	switch ((int)id) {
	case INTRIN_EXIT:
		vm_state_raise(vm, SESSION_STOPPING);
		return true;
	case INTRIN_ABORT:
		vm_state_raise(vm, SESSION_STOPPING);
		vm->aborted = true;
		return false;
	case INTRIN_PID:
		result->num = getpid();
		return true;
	case INTRIN_TID:
		result->num = gettid();
		return true;
	case INTRIN_UID:
		result->num = getuid();
		return true;
	case INTRIN_EXECNAME:
		execname(vm, result);
		return true;
	case INTRIN_CPU:
		result->num = sched_getcpu();
		return true;
	case INTRIN_GETTIMEOFDAY_S:
		result->num = now(1000000000);
		return true;
	case INTRIN_GETTIMEOFDAY_MS:
		result->num = now(1000000);
		return true;
	case INTRIN_GETTIMEOFDAY_US:
		result->num = now(1000);
		return true;
	case INTRIN_GETTIMEOFDAY_NS:
		result->num = now(1);
		return true;
	case INTRIN_LOG:
		log_line(vm, &args[0]);
		return true;
	case INTRIN_TARGET:
		result->num = vm->host->target;
		return true;
	case INTRIN_PP:
		text_result(vm, vm->prog->probes.at[vm->probe].point, result);
		return true;
	case INTRIN_CALL_NAME:
		probe = &vm->prog->probes.at[vm->probe];
		text_result(vm, probe->s1 ? probe->s1 :
				probe->s0 ? probe->s0 : "", result);
		return true;
	case INTRIN_ERROR:
		vm_error_set(vm, args[0].str, args[0].len);
		return false;
	case INTRIN_WARN:
		vm_warn(vm, args[0].str, args[0].len);
		return true;
	case INTRIN_MATCHED:
		return vm_matched(vm, args[0].num, result);
	case INTRIN_MATCHED_STR:
		return vm_matched_str(vm, result);
	case INTRIN_NGROUPS:
		return vm_ngroups(vm, result);
	}
	return vm_intrin_text(vm, id, args, result);
}

/* --- the globals' lock --- */

static bool try_lock(uint32_t *lock, uint32_t mine)
{
	uint32_t unlocked = 0;

	return __atomic_compare_exchange_n(lock, &unlocked, mine, false,
					   __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

bool vm_lock(struct vm *vm)
{
	const struct limits *l = &vm->prog->limits;
	struct timespec delay = {
		.tv_sec = l->trylockdelay / 1000000,
		.tv_nsec = (long)(l->trylockdelay % 1000000) * 1000,
	};
	uint32_t tries;

	if (vm->locked)
		return true;
	for (tries = 0; !try_lock(&vm->session->lock, vm->lock_value);
	     tries++) {
		if (tries == l->maxtrylock)
			return false;
		nanosleep(&delay, NULL);
	}
	vm->locked = true;
	return true;
}

void vm_unlock(struct vm *vm)
{
	if (vm->locked)
		__atomic_store_n(&vm->session->lock, 0, __ATOMIC_RELEASE);
	vm->locked = false;
}

/* --- iterations --- */

int vm_iter_begin(struct vm *vm, const struct vm_iter *it, int64_t limit,
		  struct vm_rows **slot)
{
	struct vm_pick pick = it->pick;
	struct vm_rows *rows;
	int ret;

	vm_iter_end(vm, slot);
	rows = calloc(1, sizeof(*rows));
	if (!rows)
		return -ENOMEM;
	pick.limit = limit;
	ret = vm_array_rows(vm, &vm->arrays[it->array], &pick, rows);
	if (ret) {
		vm_rows_release(rows);
		free(rows);
		return ret;
	}
	rows->next = vm->rows;
	vm->rows = rows;
	*slot = rows;
	return 0;
}

void vm_iter_end(struct vm *vm, struct vm_rows **slot)
{
	struct vm_rows **link = &vm->rows;

	if (!*slot)
		return;
	while (*link && *link != *slot)
		link = &(*link)->next;
	if (*link)
		*link = (*slot)->next;
	vm_rows_release(*slot);
	free(*slot);
	*slot = NULL;
}
