/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing the IR reader: whatever the bytes say, ir_parse() refuses them with
 * one sentence or gives a program that passes the checker, prints, reads back
 * as itself, and that the passes keep right.
 */
#include "ir/ir.h"

#include "base/bug.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The text of p read and printed again must not change. */
static void check_round_trip(const struct ir_prog *p)
{
	struct strbuf first = STRBUF_INIT, again = STRBUF_INIT;
	struct strbuf err = STRBUF_INIT;
	struct arena arena = ARENA_INIT;
	struct ir_prog *q;

	ir_print(p, &first);
	q = ir_parse(&arena, first.buf, first.len, &err);
	if (!q)
		BUG("printed but not read: %s\n%s", err.buf, first.buf);
	ir_print(q, &again);
	if (strcmp(first.buf, again.buf))
		BUG("printed differently:\n%s\n%s", first.buf, again.buf);
	strbuf_release(&first);
	strbuf_release(&again);
	strbuf_release(&err);
	arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct strbuf err = STRBUF_INIT;
	struct arena arena = ARENA_INIT;
	struct ir_prog *p = ir_parse(&arena, (const char *)data, size, &err);

	BUG_ON(!p != !!err.len);
	if (p) {
		check_round_trip(p);
		BUG_ON(ir_pass_clean(p) || ir_check(p, &err));
		BUG_ON(ir_pass_bounds(p) || ir_check(p, &err));
		check_round_trip(p);
	}
	strbuf_release(&err);
	arena_release(&arena);
	return 0;
}
