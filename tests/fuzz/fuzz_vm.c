/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing the executor: every program that the IR reader takes must run to its
 * end within the limits, in memory of its own, whatever it does.
 */
#include "base/bug.h"
#include "proto/session.h"
#include "vm/vm.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void output(void *ctx, const char *text, size_t len)
{
	BUG_ON(!len);
	*(size_t *)ctx += len;
	(void)text;
}

static void message(void *ctx, const char *text)
{
	size_t len = strlen(text);

	BUG_ON(len > 383);
	*(size_t *)ctx += len;
}

/* Small enough that the worst program takes well under a second. */
static void lower_limits(struct limits *l)
{
	l->maxaction_interruptible = 20;
	l->trylockdelay = 0;
	if (l->maxnesting > 50)
		l->maxnesting = 50;
}

static void run_probe(struct vm *vm, uint32_t probe)
{
	struct session_data *s = vm_session(vm);
	uint64_t errors = s->errors, skipped = s->skipped;
	int ret = vm_run(vm, probe);

	BUG_ON(ret < 0 || ret > 2);
	BUG_ON(s->errors != errors + (ret == 1));
	BUG_ON(s->skipped != skipped + (ret == 2));
	BUG_ON(s->lock);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct strbuf err = STRBUF_INIT;
	struct arena arena = ARENA_INIT;
	size_t bytes = 0;
	const struct vm_host host = { &bytes, output, message, message, 0 };
	struct ir_prog *p = ir_parse(&arena, (const char *)data, size, &err);
	struct vm *vm = NULL;
	uint32_t i;

	if (p && p->limits.maxstringlen <= 512) {
		lower_limits(&p->limits);
		vm = vm_new(p, NULL, &host, &err);
		BUG_ON(!vm != !!err.len);
	}
	for (i = 0; vm && i < p->probes.len && i < 8; i++) {
		if (attach_kind_where[p->probes.at[i].attach] == ATTACH_IN_USER)
			run_probe(vm, i);
	}
	vm_free(vm);
	strbuf_release(&err);
	arena_release(&arena);
	return 0;
}
