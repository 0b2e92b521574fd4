/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making an executor, values from outside, and running one handler. */
#include "vm/internal.h"

#include "base/bug.h"
#include "ir/layout.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* --- making --- */

/* Refuse what only the kernel can do. */
static bool check_insn(const struct vm *vm, const struct ir_fn *f,
		       const struct ir_insn *in, struct strbuf *err)
{
	const struct fmt_item *item;

	if (in->op == IR_OP_INTRIN &&
	    (!(intrinsics[in->imm].flags & INTRIN_IN_VM) ||
	     in->n_args > VM_MAX_INTRIN_ARGS)) {
		strbuf_addf(err, "%s() in '%s' needs the kernel.",
			    intrinsics[in->imm].script, f->name);
		return false;
	}
	if (in->op == IR_OP_LATER) {
		strbuf_addf(err, "'%s' runs in user space: nothing is later.",
			    f->name);
		return false;
	}
	if (in->op != IR_OP_PRINT && in->op != IR_OP_SPRINT)
		return true;
	vec_foreach(item, &vm->prog->formats.at[in->imm].fmt.items) {
		if (item->conv == FMT_M || item->conv == FMT_UPPER_M) {
			strbuf_addf(err,
				    "A memory dump in '%s' needs the "
				    "kernel.",
				    f->name);
			return false;
		}
	}
	return true;
}

static bool check_fn(const struct vm *vm, const struct ir_fn *f,
		     struct strbuf *err)
{
	const struct ir_block *b;
	const struct ir_insn *in;

	vec_foreach(b, &f->blocks) {
		vec_foreach(in, &b->insns) {
			if (!check_insn(vm, f, in, err))
				return false;
		}
	}
	return true;
}

/* Lay out and encode what user-space probes reach. */
static bool encode(struct vm *vm, struct strbuf *err)
{
	struct arena arena = ARENA_INIT;
	struct ir_layout layout;
	uint32_t n = (uint32_t)vm->prog->fns.len, i;
	bool ok = true;

	ir_layout_init(&layout, vm->prog, &arena);
	vm->fns = xcalloc(n + 1, sizeof(*vm->fns));
	for (i = 0; ok && i < n; i++) {
		vm->fns[i].ir = vm->prog->fns.at[i];
		vm->fns[i].needed = layout.user_fn[i];
		if (vm->fns[i].needed)
			ok = check_fn(vm, vm->fns[i].ir, err) &&
			     vm_layout_fn(&vm->fns[i], err);
	}
	for (i = 0; ok && i < n; i++) {
		if (vm->fns[i].needed)
			ok = vm_encode_fn(vm, &vm->fns[i], err);
	}
	for (i = 0; ok && i < n; i++) {
		if (vm->fns[i].needed)
			vm->fns[i].code = vm->code.at + vm->fns[i].code_at;
	}
	arena_release(&arena);
	return ok;
}

/* Room for the deepest calls the limits allow. Pages never touched cost
 * nothing. */
static bool make_stack(struct vm *vm, struct strbuf *err)
{
	size_t handler = 0, function = 0, size, i;
	uint32_t depth = vm->prog->limits.maxnesting;

	for (i = 0; i < vm->prog->fns.len; i++) {
		const struct vm_fn *fn = &vm->fns[i];

		if (fn->ir->kind == IR_FN_HANDLER && fn->frame_bytes > handler)
			handler = fn->frame_bytes;
		if (fn->ir->kind != IR_FN_HANDLER && fn->frame_bytes > function)
			function = fn->frame_bytes;
	}
	size = handler + function * depth + 1;
	if (size > VM_MAX_STACK) {
		strbuf_addf(err,
			    "Calls %" PRIu32 " deep need %zu MiB for "
			    "variables; lower MAXNESTING or MAXSTRINGLEN.",
			    depth, size >> 20);
		return false;
	}
	vm->stack = mmap(NULL, size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (vm->stack == MAP_FAILED) {
		vm->stack = NULL;
		strbuf_addf(err, "Cannot reserve %zu bytes for variables: %s.",
			    size, strerror(errno));
		return false;
	}
	vm->stack_bytes = size;
	vm->frames = xcalloc(depth + 1, sizeof(*vm->frames));
	vm->error.locs = xcalloc(depth + 1, sizeof(*vm->error.locs));
	return true;
}

struct vm *vm_new(const struct ir_prog *p, const struct vm_shared *shared,
		  const struct vm_host *host, struct strbuf *err)
{
	struct vm *vm = xcalloc(1, sizeof(*vm));

	vm->prog = p;
	vm->shared = shared;
	vm->host = host;
	vm->lock_value = SESSION_LOCK_USER | (uint32_t)gettid();
	vm->session = shared ? shared->session : &vm->own_session;
	strbuf_init(&vm->out);
	strbuf_init(&vm->tmp);
	if (!vm_globals_init(vm, err) || !encode(vm, err) ||
	    !make_stack(vm, err)) {
		vm_free(vm);
		return NULL;
	}
	if (!shared)
		vm->own_session.target = host->target;
	vm_match_init(vm);
	vm->args = xcalloc(vm->n_args + 1, sizeof(*vm->args));
	vm->error.cap = p->limits.maxstringlen;
	vm->error.text = xmalloc(vm->error.cap);
	vm->error.text[0] = 0;
	return vm;
}

void vm_free(struct vm *vm)
{
	size_t i;

	if (!vm)
		return;
	vm_globals_release(vm);
	vm_match_release(vm);
	for (i = 0; vm->fns && i < vm->prog->fns.len; i++) {
		free(vm->fns[i].reg_at);
		free(vm->fns[i].iter_at);
		vec_release(&vm->fns[i].zero_slots);
	}
	free(vm->fns);
	vec_release(&vm->code);
	vec_release(&vm->iters);
	if (vm->stack)
		munmap(vm->stack, vm->stack_bytes);
	free(vm->frames);
	free(vm->args);
	free(vm->error.text);
	free(vm->error.locs);
	strbuf_release(&vm->out);
	strbuf_release(&vm->tmp);
	free(vm);
}

struct session_data *vm_session(struct vm *vm)
{
	return vm->session;
}

void vm_set_input(struct vm *vm, const char *text, size_t len)
{
	vm->input = (struct vm_val){ .str = text, .len = (uint32_t)len };
}

void vm_set_value(struct vm *vm, struct strbuf *text, size_t most)
{
	vm->value = text;
	vm->most_value = most;
}

/* --- values from outside --- */

static unsigned digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a' + 10);
	if (c >= 'A' && c <= 'F')
		return (unsigned)(c - 'A' + 10);
	return UINT32_MAX;
}

/* A number as the kernel reads it: it wraps, and text behind it is ignored. */
static bool read_number(const char *s, size_t len, int64_t *out)
{
	size_t i = 0;
	unsigned base = 10;
	uint64_t n = 0;
	bool minus = len && s[0] == '-';

	i += minus;
	if (i == len || digit_value(s[i]) > 9)
		return false;
	if (s[i] == '0')
		base = 8;
	if (base == 8 && i + 2 < len && (s[i + 1] | 32) == 'x' &&
	    digit_value(s[i + 2]) < 16) {
		base = 16;
		i += 2;
	}
	for (; i < len && digit_value(s[i]) < base; i++)
		n = n * base + digit_value(s[i]);
	*out = (int64_t)(minus ? 0 - n : n);
	return true;
}

static void store_text(struct vm *vm, uint32_t id, const char *text, size_t len)
{
	uint32_t bound = vm->prog->globals.at[id].bound;

	if (!vm->scalar_shared[id]) {
		vm_slot_set(vm->scalars[id], text, len, bound);
		return;
	}
	if (len >= bound)
		len = bound - 1;
	memset(vm->scalars[id], 0, bound);
	memcpy(vm->scalars[id], text, len);
}

/* The id of a scalar global, or the number of globals. */
static uint32_t find_scalar(const struct vm *vm, const char *name)
{
	uint32_t id, n = (uint32_t)vm->prog->globals.len;

	for (id = 0; id < n; id++) {
		const struct ir_global *g = &vm->prog->globals.at[id];

		if (g->kind == IR_SCALAR && !strcmp(g->name, name))
			break;
	}
	return id;
}

int vm_set_global(struct vm *vm, const char *name, const char *value)
{
	uint32_t id = find_scalar(vm, name);
	size_t len = 0;
	int64_t num;

	if (id == vm->prog->globals.len)
		return -ENOENT;
	if (*value == '"')
		len = strcspn(++value, "\"");
	else
		while (value[len] && !isspace((unsigned char)value[len]))
			len++;
	if (vm->prog->globals.at[id].type == IR_STAT)
		return -EINVAL;
	if (vm->prog->globals.at[id].type == IR_STR) {
		store_text(vm, id, value, len);
		return 0;
	}
	if (!read_number(value, len, &num))
		return -EINVAL;
	*(int64_t *)vm->scalars[id] = num;
	return 0;
}

/* --- running --- */

/* The action limit of the probe that is to run. */
static int64_t most_actions(const struct vm *vm)
{
	const struct limits *l = &vm->prog->limits;

	switch (vm->prog->probes.at[vm->probe].attach) {
	case ATTACH_PROCFS_READ: case ATTACH_PROCFS_WRITE:
	case ATTACH_TIMER: case ATTACH_JIFFIES: case ATTACH_INPUT:
		return l->interruptible ? l->maxaction_interruptible :
					  l->maxaction;
	case ATTACH_BEGIN: case ATTACH_END: case ATTACH_ERROR:
	case ATTACH_NEVER: case ATTACH_RAW_TP: case ATTACH_SYSCALL:
	case ATTACH_SYSRET: case ATTACH_UPROBE: case ATTACH_URETPROBE:
	case ATTACH_PERF: case ATTACH_WATCH: case ATTACH_KPROBE:
	case ATTACH_KRETPROBE: case ATTACH_EXEC: case ATTACH_FORKED:
	case ATTACH_EXITED:
		break;
	}
	return l->maxaction_interruptible;
}

static int run_fn(struct vm *vm, uint32_t probe, uint32_t id,
		  const struct fmt_arg *args)
{
	const struct vm_fn *fn = &vm->fns[id];
	enum vm_end end;

	BUG_ON(!fn->needed);
	vm->probe = probe;
	vm->run++;
	vm->actions = most_actions(vm);
	vm->fuel = VM_FUEL_BASE + VM_FUEL_PER_ACTION * vm->actions;
	vm->aborted = false;
	vm->error.set = false;
	vm->error.len = 0;
	vm_match_reset(vm);
	end = vm_exec(vm, fn, args);
	vm_unlock(vm);
	while (vm->rows) {
		struct vm_rows *rows = vm->rows;

		vm_iter_end(vm, &rows);
	}
	vm_flush(vm);
	switch (end) {
	case VM_END_OK:
		return 0;
	case VM_END_ERROR:
		vm_error_report(vm);
		return 1;
	case VM_END_SKIPPED:
		__atomic_fetch_add(&vm->session->skipped, 1, __ATOMIC_RELAXED);
		return 2;
	case VM_END_ABORTED:
		return VM_ABORTED;
	}
	BUG("handler ended as %d", (int)end);
}

int vm_run(struct vm *vm, uint32_t probe)
{
	BUG_ON(probe >= vm->prog->probes.len);
	return run_fn(vm, probe, vm->prog->probes.at[probe].fn, NULL);
}

int vm_run_later(struct vm *vm, uint32_t probe, uint32_t fn,
		 const struct fmt_arg *args)
{
	BUG_ON(probe >= vm->prog->probes.len || fn >= vm->prog->fns.len);
	return run_fn(vm, probe, fn, args);
}
