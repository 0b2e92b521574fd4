/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Intrinsics on texts. A text is len bytes; nothing here relies on a NUL behind
 * them, and results are cut at the bound of their register by the caller.
 */
#include "base/errno_name.h"
#include "base/flags.h"
#include "vm/intrin.h"

#include <errno.h>
#include <string.h>

static int64_t find(const struct vm_val *in, uint32_t from,
		    const struct vm_val *what)
{
	const char *at = memmem(in->str + from, in->len - from, what->str,
				what->len);

	return at ? at - in->str : -1;
}

static void substr(const struct vm_val *args, struct vm_val *result)
{
	int64_t start = args[1].num, n = args[2].num, left;

	if (start < 0 || start >= args[0].len || n <= 0)
		return;
	left = args[0].len - start;
	result->str = args[0].str + start;
	result->len = (uint32_t)(n < left ? n : left);
}

static bool stringat(struct vm *vm, const struct vm_val *args,
		     struct vm_val *result)
{
	static const char refusal[] = "Position out of bounds";

	if (args[1].num < 0 || args[1].num >= args[0].len) {
		vm_error_set(vm, refusal, sizeof(refusal) - 1);
		return false;
	}
	result->num = (signed char)args[0].str[args[1].num];
	return true;
}

/* Value of a digit; digits end at f whatever the base, as in the kernel. */
static unsigned digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10) : 99;
}

static int64_t parse_long(const struct vm_val *text, int64_t base)
{
	const char *s = text->str, *end = s + text->len;
	bool minus = s < end && *s == '-';
	uint64_t n = 0;

	s += minus;
	if (!base) {
		base = s < end && *s == '0' ? 8 : 10;
		if (base == 8 && end - s > 2 && (s[1] | 0x20) == 'x' &&
		    digit(s[2]) < 16)
			base = 16;
	}
	if (base < 2 || base > 36)
		return 0;
	if (base == 16 && end - s > 1 && *s == '0' && (s[1] | 0x20) == 'x')
		s += 2;
	for (; s < end && digit(*s) < (uint64_t)base; s++)
		n = n * (uint64_t)base + digit(*s);
	return (int64_t)(minus ? -n : n);
}

static void replace(struct vm *vm, const struct vm_val *args)
{
	uint32_t from = 0;
	int64_t at;

	strbuf_reset(&vm->tmp);
	/* An empty text to look for is in none. */
	while (args[1].len && (at = find(&args[0], from, &args[1])) >= 0) {
		strbuf_add(&vm->tmp, args[0].str + from, (size_t)at - from);
		strbuf_add(&vm->tmp, args[2].str, args[2].len);
		from = (uint32_t)at + args[1].len;
	}
	strbuf_add(&vm->tmp, args[0].str + from, args[0].len - from);
}

/* The escape for a byte, or itself; returns its length. */
static size_t escape(unsigned char c, char to[5])
{
	static const char letters[] = "\a\b\t\n\v\f\r\"\\",
			  names[] = "abtnvfr\"\\";
	const char *at = c ? strchr(letters, c) : NULL;

	if (at) {
		to[0] = '\\';
		to[1] = names[at - letters];
		return 2;
	}
	if (c >= ' ' && c < 0177) {
		to[0] = (char)c;
		return 1;
	}
	to[0] = '\\';
	to[1] = (char)('0' + (c >> 6));
	to[2] = (char)('0' + (c >> 3 & 7));
	to[3] = (char)('0' + (c & 7));
	return 4;
}

static void quote(struct vm *vm, const struct vm_val *args)
{
	int64_t most = vm->prog->limits.maxstringlen - 1, room = args[1].num;
	bool quoted = args[2].num;
	char text[5];
	uint32_t i;

	strbuf_reset(&vm->tmp);
	if (room <= 0 || room > most)
		room = most;
	if (quoted) {
		/* For the quotes and the dots behind them. */
		room = room > 5 ? room - 5 : 0;
		strbuf_addch(&vm->tmp, '"');
	}
	for (i = 0; i < args[0].len; i++) {
		size_t n = escape((unsigned char)args[0].str[i], text);

		if ((int64_t)n > room)
			break;
		room -= (int64_t)n;
		strbuf_add(&vm->tmp, text, n);
	}
	if (quoted)
		strbuf_addstr(&vm->tmp, i < args[0].len ? "\"..." : "\"");
}

/* Leading bytes that are, or are not, in the set. */
static int64_t span(const struct vm_val *args, bool in_set)
{
	uint32_t i;

	for (i = 0; i < args[0].len; i++)
		if (!!memchr(args[1].str, args[0].str[i], args[1].len) !=
		    in_set)
			break;
	return i;
}

static void error_name(int64_t number, struct vm_val *result)
{
	const char *name = errno_name(number);

	if (!name)
		return;
	result->str = name;
	result->len = (uint32_t)strlen(name);
}

/* Names of flags by a built-in table. */
static void flag_names(struct vm *vm, int64_t value, const char *name)
{
	const char *table = flags_table(name);

	strbuf_reset(&vm->tmp);
	flags_text(table ? table : "", (uint64_t)value, &vm->tmp);
}

static int64_t flag_value(const struct vm_val *args)
{
	const char *table = flags_table(args[0].str);

	return table ? flags_value(table, args[1].str, args[1].len) : -1;
}

bool vm_intrin_text(struct vm *vm, uint32_t id, const struct vm_val *args,
		    struct vm_val *result)
{
	switch ((int)id) {
	case INTRIN_STRLEN:
		result->num = args[0].len;
		return true;
	case INTRIN_SUBSTR:
		substr(args, result);
		return true;
	case INTRIN_STRINGAT:
		return stringat(vm, args, result);
	case INTRIN_STRPOS:
		result->num = find(&args[0], 0, &args[1]);
		return true;
	case INTRIN_STRTOL:
		result->num = parse_long(&args[0], args[1].num);
		return true;
	case INTRIN_STR_REPLACE:
		replace(vm, args);
		return vm_tmp_result(vm, result);
	case INTRIN_TEXT_STRN:
		quote(vm, args);
		return vm_tmp_result(vm, result);
	case INTRIN_STRSPN:
		result->num = span(args, true);
		return true;
	case INTRIN_STRCSPN:
		result->num = span(args, false);
		return true;
	case INTRIN_FLAGS_TEXT:
		flag_names(vm, args[0].num, args[1].str);
		return vm_tmp_result(vm, result);
	case INTRIN_SYSCALL_NAME:
		flag_names(vm, args[0].num, "syscall");
		return vm_tmp_result(vm, result);
	case INTRIN_SYSCALL_NUM:
		result->num = flags_value(flags_table("syscall"), args[0].str,
					  args[0].len);
		return true;
	case INTRIN_FLAGS_VALUE:
		result->num = flag_value(args);
		return true;
	case INTRIN_ERRNO_STR:
		error_name(args[0].num, result);
		return true;
	}
	return vm_intrin_task(vm, id, args, result);
}
