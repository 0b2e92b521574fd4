/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of flags and of system calls, by tables that the translator put into
 * the program. src/base/flags.h says how they are written.
 */
#include "core.h"

#include <linux/string.h>

struct flag {
	u64 mask, value;
	const char *name;
	u32 len;
};

/* The tables have small letters only; -1 is no digit. */
static int flag_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool take_hex(const char **at, u64 *to)
{
	const char *s = *at;

	for (*to = 0; flag_digit(*s) >= 0; s++)
		*to = *to << 4 | flag_digit(*s);
	if (s == *at)
		return false;
	*at = s;
	return true;
}

/* Read the entry at *at and step behind it; false at the end. */
static bool next_flag(const char **at, bool whole, struct flag *f)
{
	if (!take_hex(at, &f->value))
		return false;
	f->mask = whole ? U64_MAX : f->value;
	if (**at == '/') {
		f->mask = f->value;
		++*at;
		if (!take_hex(at, &f->value))
			return false;
	}
	if (**at != ':')
		return false;
	f->name = *at + 1;
	f->len = strchrnul(f->name, ',') - f->name;
	*at = f->name + f->len;
	if (!**at)
		return false;
	++*at;
	return true;
}

/* The table of a name; an empty one if there is none. */
static const char *flags_of(const char *name)
{
	u32 i;

	for (i = 0; i < sp_program.n_flags; i++)
		if (!strcmp(sp_program.flags[i].name, name))
			return sp_program.flags[i].text;
	return "";
}

static void put_flags(struct sp_sink *s, const char *table, u64 value)
{
	bool whole = *table == '=', octal = *table == '0', some = false;
	struct flag f;

	table += whole || octal;
	while (next_flag(&table, whole, &f)) {
		if ((value & f.mask) != f.value)
			continue;
		if (some)
			sp_put(s, "|", 1);
		sp_put(s, f.name, f.len);
		some = true;
		if (whole)
			return;
		value &= ~f.mask;
	}
	if (some && value)
		sp_put(s, "|", 1);
	if (!some || value)
		sp_putf(s, octal ? "%#llo" : "0x%llx", value);
}

static s64 flag_value(const char *table, const struct sp_str *name)
{
	bool whole = *table == '=';
	struct flag f;

	table += whole || *table == '0';
	while (next_flag(&table, whole, &f))
		if (f.len == name->len && !memcmp(f.name, name->text, f.len))
			return f.value;
	return -1;
}

void sp_do___flags_text(struct sp_ctx *c, struct sp_str *to, u32 bound, s64 n,
			const struct sp_str *what)
{
	struct sp_sink s = sp_sink_str(sp_context(c)->tmp);

	put_flags(&s, flags_of(what->text), n);
	sp_sink_end(&s, to, bound);
}

s64 sp_do___flags_value(struct sp_ctx *c, const struct sp_str *text,
			const struct sp_str *what)
{
	return flag_value(flags_of(text->text), what);
}

void sp_do_syscall_name(struct sp_ctx *c, struct sp_str *to, u32 bound, s64 n)
{
	struct sp_sink s = sp_sink_str(sp_context(c)->tmp);

	put_flags(&s, flags_of("syscall"), n);
	sp_sink_end(&s, to, bound);
}

s64 sp_do_syscall_num(struct sp_ctx *c, const struct sp_str *text)
{
	return flag_value(flags_of("syscall"), text);
}
