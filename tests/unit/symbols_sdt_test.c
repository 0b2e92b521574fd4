/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The operands of static probes, as assemblers write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>
#include <cmocka.h>

#include "symbols/sdt.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

/* One symbol: it lies 0x40 behind the mark. */
static bool find(void *ctx, const char *name, size_t len, int64_t *value)
{
	(void)ctx;
	if (len != 5 || memcmp(name, "total", 5))
		return false;
	*value = 0x40;
	return true;
}

/* What an operand means, as "KIND size base index scale add [>>shift]". */
static const char *read_arg(struct arena *a, unsigned machine, const char *text)
{
	static const char *const kinds[] = { "opaque", "const", "reg", "mem" };
	struct sdt_symbols symbols = { find, NULL };
	/* Bytes of its own: the sanitizer sees reads behind them. */
	char *copy = malloc(strlen(text) + 1);
	struct sdt_arg arg;

	memcpy(copy, text, strlen(text));
	sdt_parse_arg(a, machine, copy, strlen(text), &symbols, &arg);
	free(copy);
	assert_string_equal(arg.text, text);
	return arena_printf(a, "%s %s%d %d %d %d %lld%s", kinds[arg.kind],
			    arg.is_signed ? "-" : "", arg.size, arg.base,
			    arg.index, arg.scale, (long long)arg.add,
			    arg.shift ? " >>8" : "");
}

struct sample {
	const char *text, *want;
};

static void check(unsigned machine, const struct sample *s)
{
	struct arena a = ARENA_INIT;

	for (; s->text; s++)
		assert_string_equal(read_arg(&a, machine, s->text), s->want);
	arena_release(&a);
}

static void test_x86(void **state)
{
	static const struct sample samples[] = {
		{ "-4@%edi", "reg -4 5 -1 0 0" },
		{ "8@%rax", "reg 8 0 -1 0 0" },
		{ "1@%dil", "reg 1 5 -1 0 0" },
		{ "1@%ah", "reg 1 0 -1 0 0 >>8" },
		{ "2@%r11w", "reg 2 11 -1 0 0" },
		{ "%r8d", "reg 4 8 -1 0 0" },
		{ "%r15", "reg 8 15 -1 0 0" },
		{ "-8@$77", "const -8 -1 -1 0 77" },
		{ "-4@$-1", "const -4 -1 -1 0 -1" },
		{ "8@$0x7fffffffffffffff",
		  "const 8 -1 -1 0 9223372036854775807" },
		{ "-2@6(%rsi)", "mem -2 4 -1 0 6" },
		{ "8@(%rdx)", "mem 8 1 -1 0 0" },
		{ "1@8(%rsi,%rax)", "mem 1 4 0 1 8" },
		{ "4@-8(%rbp,%r9,4)", "mem 4 6 9 4 -8" },
		{ "4@16(,%rcx,8)", "mem 4 -1 2 8 16" },
		{ "4@-4+24(%rsp)", "mem 4 7 -1 0 20" },
		{ "8@total(%rip)", "mem 8 1000 -1 0 64" },
		{ "8@total+16(%rip)", "mem 8 1000 -1 0 80" },
		{ "8@8+total(%rip)", "mem 8 1000 -1 0 72" },
		{ "8@total", "mem 8 1000 -1 0 64" },
		{ "8@4096", "mem 8 -1 -1 0 4096" },
		{ "8f@%xmm0", "opaque 8 -1 -1 0 0" },
		{ "8f@.LC0(%rip)", "opaque 8 -1 -1 0 0" },
		{ "8@other(%rip)", "opaque 8 -1 -1 0 0" },
		{ "8@8(%rip)", "opaque 8 -1 -1 0 0" },
		{ "8@total(%rax)", "opaque 8 -1 -1 0 0" },
		{ "8@%rip", "opaque 8 -1 -1 0 0" },
		{ "3@%eax", "opaque 8 -1 -1 0 0" },
		{ "4@%r16", "opaque 8 -1 -1 0 0" },
		{ "4@%r8x", "opaque 8 -1 -1 0 0" },
		{ "4@(%rax", "opaque 8 -1 -1 0 0" },
		{ "4@(%ax)", "opaque 8 -1 -1 0 0" },
		{ "4@(%rax,%rbx,3)", "opaque 8 -1 -1 0 0" },
		{ "4@(%rax)x", "opaque 8 -1 -1 0 0" },
		{ "4@$", "opaque 8 -1 -1 0 0" },
		{ "4@", "opaque 8 -1 -1 0 0" },
		{ "@", "opaque 8 -1 -1 0 0" },
		{ "-", "opaque 8 -1 -1 0 0" },
		{ "4@%fs:8(%rax)", "opaque 8 -1 -1 0 0" },
		{ NULL, NULL },
	};

	(void)state;
	check(EM_X86_64, samples);
}

static void test_arm(void **state)
{
	static const struct sample samples[] = {
		{ "-4@w0", "reg -4 0 -1 0 0" },
		{ "8@x29", "reg 8 29 -1 0 0" },
		{ "x3", "reg 8 3 -1 0 0" },
		{ "8@sp", "reg 8 31 -1 0 0" },
		{ "-4@7", "const -4 -1 -1 0 7" },
		{ "-4@-7", "const -4 -1 -1 0 -7" },
		{ "8@[x0]", "mem 8 0 -1 0 0" },
		{ "8@[sp, 24]", "mem 8 31 -1 0 24" },
		{ "8@[x1, #-8]", "mem 8 1 -1 0 -8" },
		{ "4@[x1, x2]", "mem 4 1 2 1 0" },
		{ "4@x31", "opaque 8 -1 -1 0 0" },
		{ "4@[x1, 8", "opaque 8 -1 -1 0 0" },
		{ "4@[x1", "opaque 8 -1 -1 0 0" },
		{ "4@[7]", "opaque 8 -1 -1 0 0" },
		{ "8@d0", "opaque 8 -1 -1 0 0" },
		{ NULL, NULL },
	};

	(void)state;
	check(EM_AARCH64, samples);
}

static void test_other_machine(void **state)
{
	static const struct sample samples[] = {
		{ "4@r3", "opaque 8 -1 -1 0 0" },
		{ NULL, NULL },
	};

	(void)state;
	check(EM_PPC64, samples);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_x86),
		cmocka_unit_test(test_arm),
		cmocka_unit_test(test_other_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
