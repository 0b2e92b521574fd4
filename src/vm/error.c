/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Errors and warnings of handlers: language.md section 22.3. */
#include "vm/internal.h"

#include <errno.h>
#include <string.h>

void vm_error_set(struct vm *vm, const char *text, size_t len)
{
	struct vm_error *e = &vm->error;

	if (len >= e->cap)
		len = e->cap - 1;
	memmove(e->text, text, len);
	e->text[len] = 0;
	e->len = len;
	e->n_locs = 0;
	e->set = true;
}

void vm_error_array(struct vm *vm, const struct vm_array *a, int err)
{
	struct strbuf text = STRBUF_INIT;

	if (err == -E2BIG && a->g->sized)
		strbuf_addf(&text, "Array overflow, check size limit (%u)",
			    a->g->size);
	else if (err == -E2BIG)
		strbuf_addstr(&text, "Array overflow, check MAXMAPENTRIES");
	else if (err == -ENODATA)
		strbuf_addstr(&text, "empty aggregate");
	else if (err == -ERANGE)
		strbuf_addstr(&text, "histogram index out of range");
	else if (err == -ENOMEM)
		strbuf_addstr(&text, "not enough memory");
	else
		strbuf_addf(&text, "array '%s' is out of reach: %s", a->g->name,
			    strerror(-err));
	vm_error_set(vm, text.buf, text.len);
	strbuf_release(&text);
}

void vm_error_place(struct vm *vm, uint32_t depth, uint32_t loc)
{
	struct vm_error *e = &vm->error;

	e->n_locs = 0;
	e->locs[e->n_locs++] = loc;
	for (; depth; depth--)
		e->locs[e->n_locs++] = vm->frames[depth].pc[5];
}

/* Raise the session's state; it never goes down. */
void vm_state_raise(struct vm *vm, uint32_t state)
{
	uint32_t *at = &vm->session->state;
	uint32_t old = __atomic_load_n(at, __ATOMIC_RELAXED);

	while (old < state &&
	       !__atomic_compare_exchange_n(at, &old, state, true,
					    __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
		;
}

static void cut_line(struct strbuf *line, const char *prefix)
{
	size_t most = VM_LINE_BYTES - strlen(prefix);

	if (line->len > most) {
		line->len = most;
		line->buf[most] = 0;
	}
}

void vm_error_report(struct vm *vm)
{
	const struct vm_error *e = &vm->error;
	struct strbuf line = STRBUF_INIT;
	uint32_t i, named = 0;

	if (vm->prog->limits.suppress_errors) {
		__atomic_fetch_add(&vm->session->errors, 1, __ATOMIC_RELAXED);
		return;
	}
	strbuf_add(&line, e->text, e->len);
	for (i = 0; i < e->n_locs && line.len < VM_LINE_BYTES; i++) {
		if (e->locs[i] == VM_NONE)
			continue;
		strbuf_addf(&line, named++ ? " (called from %s)" : " near %s",
			    vm->prog->locs.at[e->locs[i]]);
	}
	strbuf_addf(&line, " in probe %s",
		    vm->prog->probes.at[vm->probe].point);
	cut_line(&line, "ERROR: ");
	vm->host->error(vm->host->ctx, line.buf);
	strbuf_release(&line);
	if (__atomic_add_fetch(&vm->session->errors, 1, __ATOMIC_RELAXED) >
	    vm->prog->limits.maxerrors)
		vm_state_raise(vm, SESSION_ERROR);
}

void vm_warn(struct vm *vm, const char *text, size_t len)
{
	struct strbuf line = STRBUF_INIT;

	strbuf_add(&line, text, len);
	cut_line(&line, "WARNING: ");
	vm->host->warning(vm->host->ctx, line.buf);
	strbuf_release(&line);
}
