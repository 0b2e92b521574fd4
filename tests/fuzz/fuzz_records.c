/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzz target: records of kernel handlers, each headed by a length byte. */
#include "base/bug.h"
#include "run/decode.h"
#include "vm/vm.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char program[] =
	"spile-ir 1\n"
	"global @a[i64]: i64 size 4\n"
	"format \"%d %s %x\\n\"\n"
	"format \"%-10s|%.*s|%c\"\n"
	"loc !0 \"identifier 'x' at s.stp:1:2\"\n"
	"probe raw_tp h \"point\" s0=\"tp\"\n"
	"handler h\n"
	"  reg r0:str[20], r1:i64, r2:str[100]\n"
	"b0:\n"
	"  print \"%d %s %x\\n\", r1, r0, r1\n"
	"  print \"%-10s|%.*s|%c\", r0, r1, r2, r1\n"
	"  ret\n";

static void count(void *ctx, const char *text, size_t len)
{
	size_t *sum = ctx, i;

	for (i = 0; i < len; i++)
		*sum += (unsigned char)text[i];
}

static void count_line(void *ctx, const char *text)
{
	count(ctx, text, strlen(text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = ARENA_INIT;
	struct strbuf err = STRBUF_INIT;
	struct ir_prog *p =
		ir_parse(&arena, program, sizeof(program) - 1, &err);
	struct ir_layout layout;
	struct decoder d;
	size_t sum = 0;
	struct vm_host host = { .ctx = &sum,
				.output = count,
				.error = count_line,
				.warning = count_line };

	if (!p)
		BUG("%s", err.buf);
	ir_layout_init(&layout, p, &arena);
	decoder_init(&d, p, &layout, &host);
	while (size) {
		size_t len = data[0] < size - 1 ? data[0] : size - 1;
		unsigned char *copy = malloc(len ? len : 1);

		/* A copy of its own shows reads beyond the record. */
		memcpy(copy, data + 1, len);
		/* CPUs up to 65535 are fine, but slow to grow to each time. */
		if (len > 5)
			copy[5] = 0;
		decoder_take(&d, copy, len);
		free(copy);
		data += 1 + len;
		size -= 1 + len;
	}
	decoder_finish(&d);
	decoder_release(&d);
	strbuf_release(&err);
	arena_release(&arena);
	return 0;
}
