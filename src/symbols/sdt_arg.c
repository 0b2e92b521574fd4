/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of a static probe's argument: [SIZE@]OPERAND, the operand as the
 * assembler writes it. SIZE is negative for signed values; "f" behind it means
 * floating point.
 *
 * x86-64:  $N  %REG  SUM(%BASE,%INDEX,SCALE)  SUM(%rip)  SUM
 *          where SUM adds and subtracts numbers and symbols
 * aarch64: N  REG  [REG]  [REG, N]  [REG, REG]
 */
#include "symbols/sdt.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

struct scan {
	const char *at, *end;
	const struct sdt_symbols *symbols;
};

static bool take(struct scan *s, char c)
{
	if (s->at == s->end || *s->at != c)
		return false;
	s->at++;
	return true;
}

static void skip_blanks(struct scan *s)
{
	while (take(s, ' '))
		continue;
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '$' ||
	       c == '@';
}

static size_t word_length(const struct scan *s)
{
	size_t n = 0;

	while (s->at + n < s->end && is_word(s->at[n]))
		n++;
	return n;
}

/* A decimal or hexadecimal number without sign, modulo 2^64. */
static bool scan_number(struct scan *s, uint64_t *out)
{
	unsigned base = 10;
	const char *start;

	*out = 0;
	if (s->end - s->at > 2 && s->at[0] == '0' &&
	    (s->at[1] == 'x' || s->at[1] == 'X')) {
		base = 16;
		s->at += 2;
	}
	for (start = s->at; s->at < s->end; s->at++) {
		char c = *s->at;
		unsigned digit =
			c >= '0' && c <= '9'   ? (unsigned)(c - '0')
			: c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10)
			: c >= 'A' && c <= 'F' ? (unsigned)(c - 'A' + 10)
					       : 99;

		if (digit >= base)
			break;
		*out = *out * base + digit;
	}
	return s->at > start;
}

/* Numbers and symbols with signs between them; *symbol: there was one. False
 * if there is no sum, or it names what is not known. */
static bool scan_sum(struct scan *s, int64_t *sum, bool *symbol)
{
	bool any = false;

	*sum = 0;
	*symbol = false;
	for (;;) {
		bool minus = take(s, '-');
		uint64_t n;
		int64_t value;
		size_t len;

		if (!minus && !take(s, '+') && any)
			return true;
		if (s->at < s->end && *s->at >= '0' && *s->at <= '9') {
			if (!scan_number(s, &n))
				return false;
		} else {
			len = word_length(s);
			if (!len || !s->symbols ||
			    !s->symbols->find(s->symbols->ctx, s->at, len,
					      &value))
				return false;
			s->at += len;
			n = (uint64_t)value;
			*symbol = true;
		}
		*sum = (int64_t)((uint64_t)*sum + (minus ? 0 - n : n));
		any = true;
	}
}

/* --- x86-64 --- */

/* By DWARF number; names of 8, 4, 2 and 1 bytes. */
static const char *const x86_names[8][5] = {
	{ "rax", "eax", "ax", "al", "ah" }, { "rdx", "edx", "dx", "dl", "dh" },
	{ "rcx", "ecx", "cx", "cl", "ch" }, { "rbx", "ebx", "bx", "bl", "bh" },
	{ "rsi", "esi", "si", "sil", "" },  { "rdi", "edi", "di", "dil", "" },
	{ "rbp", "ebp", "bp", "bpl", "" },  { "rsp", "esp", "sp", "spl", "" },
};

static bool same_word(const char *text, size_t len, const char *name)
{
	return strlen(name) == len && !memcmp(text, name, len);
}

/* %r8 … %r15 with d, w or b behind. */
static bool x86_new_register(const char *text, size_t len, int *reg,
			     uint8_t *size)
{
	int n = 0;
	size_t i = 1;

	if (len < 2 || text[0] != 'r')
		return false;
	for (; i < len && i < 3 && text[i] >= '0' && text[i] <= '9'; i++)
		n = n * 10 + (text[i] - '0');
	if (n < 8 || n > 15 || len - i > 1)
		return false;
	*reg = n;
	*size = i == len         ? 8
		: text[i] == 'd' ? 4
		: text[i] == 'w' ? 2
		: text[i] == 'b' ? 1
				 : 0;
	return *size != 0;
}

/* The register behind a % sign. */
static bool x86_register(struct scan *s, int *reg, uint8_t *size,
			 uint8_t *shift)
{
	static const uint8_t sizes[] = { 8, 4, 2, 1, 1 };
	size_t len, form;
	const char *text;
	int i;

	*shift = 0;
	if (!take(s, '%'))
		return false;
	text = s->at;
	len = word_length(s);
	s->at += len;
	for (i = 0; i < 8; i++) {
		for (form = 0; form < 5; form++) {
			if (!*x86_names[i][form] ||
			    !same_word(text, len, x86_names[i][form]))
				continue;
			*reg = i;
			*size = sizes[form];
			*shift = form == 4 ? 8 : 0;
			return true;
		}
	}
	if (same_word(text, len, "rip")) {
		*reg = SDT_PC;
		*size = 8;
		return true;
	}
	return x86_new_register(text, len, reg, size);
}

/* An address register: only whole ones, or their low halves (x32). */
static bool x86_address_register(struct scan *s, int *reg)
{
	uint8_t size, shift;

	return x86_register(s, reg, &size, &shift) && size >= 4;
}

static bool x86_memory(struct scan *s, struct sdt_arg *out)
{
	bool symbol = false;
	uint64_t scale = 1;

	out->kind = SDT_MEMORY;
	if (s->at == s->end || *s->at != '(') {
		if (!scan_sum(s, &out->add, &symbol))
			return false;
		/* A bare name lies where it lies, as beside %rip. */
		if (s->at == s->end && symbol)
			out->base = SDT_PC;
		if (s->at == s->end)
			return true;
	}
	if (!take(s, '('))
		return false;
	if (s->at < s->end && *s->at == '%' &&
	    !x86_address_register(s, &out->base))
		return false;
	if (take(s, ',')) {
		if (!x86_address_register(s, &out->index) ||
		    out->index == SDT_PC)
			return false;
		if (take(s, ',') && !scan_number(s, &scale))
			return false;
		if (scale != 1 && scale != 2 && scale != 4 && scale != 8)
			return false;
		out->scale = (int)scale;
	}
	if (!take(s, ')') || s->at != s->end)
		return false;
	/* symbol(%rax) would need an absolute address; symbols are relative to
	 * the probe. A number beside %rip is relative to the next instruction,
	 * whose place the note does not tell. */
	return symbol == (out->base == SDT_PC);
}

static bool x86_operand(struct scan *s, struct sdt_arg *out)
{
	uint8_t size = 0;
	bool symbol;

	if (take(s, '$')) {
		out->kind = SDT_CONST;
		return scan_sum(s, &out->add, &symbol) && !symbol &&
		       s->at == s->end;
	}
	if (s->at < s->end && *s->at == '%') {
		if (!x86_register(s, &out->base, &size, &out->shift) ||
		    s->at != s->end || out->base == SDT_PC)
			return false;
		out->kind = SDT_REG;
		if (!out->size)
			out->size = size;
		return true;
	}
	return x86_memory(s, out);
}

/* --- aarch64 --- */

static bool arm_register(struct scan *s, int *reg, uint8_t *size)
{
	size_t len = word_length(s);
	const char *text = s->at;
	int n = 0;
	size_t i;

	s->at += len;
	*size = 8;
	if (same_word(text, len, "sp")) {
		*reg = 31;
		return true;
	}
	if (len < 2 || len > 3 || (text[0] != 'x' && text[0] != 'w'))
		return false;
	for (i = 1; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		n = n * 10 + (text[i] - '0');
	}
	if (text[0] == 'w')
		*size = 4;
	*reg = n;
	return n <= 30;
}

static bool arm_memory(struct scan *s, struct sdt_arg *out)
{
	uint8_t size;
	bool symbol;

	out->kind = SDT_MEMORY;
	skip_blanks(s);
	if (!arm_register(s, &out->base, &size))
		return false;
	skip_blanks(s);
	if (take(s, ',')) {
		skip_blanks(s);
		take(s, '#');
		if (s->at < s->end && (*s->at == 'x' || *s->at == 'w')) {
			if (!arm_register(s, &out->index, &size) || size != 8)
				return false;
			out->scale = 1;
		} else if (!scan_sum(s, &out->add, &symbol) || symbol) {
			return false;
		}
	}
	skip_blanks(s);
	return take(s, ']') && s->at == s->end;
}

static bool arm_operand(struct scan *s, struct sdt_arg *out)
{
	uint8_t size = 0;
	bool symbol;

	if (take(s, '['))
		return arm_memory(s, out);
	take(s, '#');
	if (s->at < s->end &&
	    ((*s->at >= '0' && *s->at <= '9') || *s->at == '-')) {
		out->kind = SDT_CONST;
		return scan_sum(s, &out->add, &symbol) && !symbol &&
		       s->at == s->end;
	}
	out->kind = SDT_REG;
	if (!arm_register(s, &out->base, &size) || s->at != s->end)
		return false;
	if (!out->size)
		out->size = size;
	return true;
}

/* --- both --- */

/* The size in front, if there is one. False: floating point or nonsense. */
static bool scan_size(struct scan *s, struct sdt_arg *out)
{
	const char *at = memchr(s->at, '@', (size_t)(s->end - s->at));
	uint64_t n = 0;
	bool minus;

	/* A symbol's version may hold the sign as well. */
	if (!at || (*s->at != '-' && (*s->at < '0' || *s->at > '9')))
		return true;
	minus = take(s, '-');
	if (!scan_number(s, &n) || !take(s, '@'))
		return false;
	if (n != 1 && n != 2 && n != 4 && n != 8)
		return false;
	out->size = (uint8_t)n;
	out->is_signed = minus;
	return true;
}

bool sdt_parse_arg(struct arena *a, unsigned machine, const char *text,
		   size_t len, const struct sdt_symbols *symbols,
		   struct sdt_arg *out)
{
	struct scan s = { text, text + len, symbols };
	const char *shown = arena_strndup(a, text, len);
	bool good;

	*out = (struct sdt_arg){ .base = -1, .index = -1, .text = shown };
	good = len && scan_size(&s, out) &&
	       (machine == EM_X86_64    ? x86_operand(&s, out)
		: machine == EM_AARCH64 ? arm_operand(&s, out)
					: false);
	if (!good)
		*out = (struct sdt_arg){
			.base = -1, .index = -1, .size = 8, .text = shown
		};
	else if (!out->size)
		out->size = 8;
	return good;
}
