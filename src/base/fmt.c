/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * printf formats: fmt_parse() cuts a format into items once, fmt_render() puts
 * arguments into them. language.md section 18.1 has the rules; where they
 * differ from C's printf a comment says so.
 */
#include "base/fmt.h"

#include <string.h>

/* Room for the longest digits: 64 bits in octal. */
#define DIGITS_MAX 22

struct scan {
	const char *text;
	size_t len, pos;
};

/* The byte at the position, or -1 at the end. */
static int scan_peek(const struct scan *s)
{
	return s->pos < s->len ? (unsigned char)s->text[s->pos] : -1;
}

static bool is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static uint32_t scan_number(struct scan *s)
{
	uint32_t n = 0;

	for (; is_digit(scan_peek(s)); s->pos++) {
		n = n * 10 + (uint32_t)(scan_peek(s) - '0');
		if (n > FMT_SIZE_MAX)
			n = FMT_SIZE_MAX;
	}
	return n;
}

/* Width or precision: '*' or digits. A width does not start with 0, which is a
 * flag; a precision may. */
static enum fmt_size scan_size(struct scan *s, bool width, uint32_t *value)
{
	int c = scan_peek(s);

	if (c == '*') {
		s->pos++;
		return FMT_SIZE_ARG;
	}
	if (!is_digit(c) || (width && c == '0'))
		return FMT_SIZE_NONE;
	*value = scan_number(s);
	return FMT_SIZE_FIXED;
}

static enum fmt_conv conv_of_letter(int c)
{
	switch (c) {
	case 'd':
	case 'i':
		return FMT_D;
	case 'u':
		return FMT_U;
	case 'o':
		return FMT_O;
	case 'x':
		return FMT_X;
	case 'X':
		return FMT_UPPER_X;
	case 'p':
		return FMT_P;
	case 's':
		return FMT_S;
	case 'c':
		return FMT_C;
	case 'b':
		return FMT_B;
	case 'm':
		return FMT_M;
	case 'M':
		return FMT_UPPER_M;
	}
	return FMT_LITERAL;
}

/* A conversion whose '%' was just read. */
static enum fmt_error scan_conversion(struct scan *s, struct fmt_item *item)
{
	int c = scan_peek(s);

	if (c < 0)
		return FMT_BAD_CONVERSION;
	if (c && strchr("0+- #", c)) {
		item->flag = (char)c;
		s->pos++;
	}
	item->width_kind = scan_size(s, true, &item->width);
	if (scan_peek(s) == '.') {
		s->pos++;
		item->prec_kind = scan_size(s, false, &item->prec);
		if (item->prec_kind == FMT_SIZE_NONE)
			return scan_peek(s) < 0 ? FMT_TRAILING
						: FMT_BAD_CONVERSION;
	}
	if (scan_peek(s) == 'l')
		s->pos++;
	c = scan_peek(s);
	if (c < 0)
		return FMT_TRAILING;
	item->conv = conv_of_letter(c);
	if (item->conv == FMT_LITERAL)
		return FMT_BAD_CONVERSION;
	s->pos++;
	return FMT_OK;
}

/* Literal bytes up to the next conversion, with %% made one '%'. */
static void scan_literal(struct arena *arena, struct scan *s, struct fmt *out)
{
	struct fmt_item item = { .conv = FMT_LITERAL };
	const char *from = s->text + s->pos;
	char *to;
	size_t end = s->pos, i, n = 0;

	while (end < s->len) {
		if (s->text[end] != '%')
			end++;
		else if (end + 1 < s->len && s->text[end + 1] == '%')
			end += 2;
		else
			break;
	}
	if (end == s->pos)
		return;
	to = arena_alloc(arena, end - s->pos + 1);
	for (i = 0; i < end - s->pos; i++) {
		to[n++] = from[i];
		if (from[i] == '%')
			i++;
	}
	to[n] = 0;
	s->pos = end;
	item.text = to;
	item.len = n;
	vec_push(arena, &out->items, item);
}

enum fmt_error fmt_parse(struct arena *arena, const char *text, size_t len,
			 struct fmt *out, size_t *err_off)
{
	struct scan s = { text, len, 0 };

	memset(out, 0, sizeof(*out));
	for (;;) {
		struct fmt_item item = { .conv = FMT_LITERAL };
		enum fmt_error err;

		scan_literal(arena, &s, out);
		if (s.pos == len)
			return FMT_OK;
		*err_off = s.pos++;
		err = scan_conversion(&s, &item);
		if (err != FMT_OK)
			return err;
		out->n_args += 1 + (item.width_kind == FMT_SIZE_ARG) +
			       (item.prec_kind == FMT_SIZE_ARG);
		vec_push(arena, &out->items, item);
	}
}

char fmt_arg_type(const struct fmt *f, size_t i)
{
	const struct fmt_item *item;

	vec_foreach(item, &f->items) {
		size_t sizes = (item->width_kind == FMT_SIZE_ARG) +
			       (item->prec_kind == FMT_SIZE_ARG);

		if (item->conv == FMT_LITERAL)
			continue;
		if (i <= sizes)
			return i == sizes && item->conv == FMT_S ? 's' : 'd';
		i -= sizes + 1;
	}
	return 'd';
}

/* --- rendering --- */

/* A conversion with its sizes taken from the arguments. */
struct spec {
	char flag;
	bool has_prec;
	size_t width, prec;
};

/* A negative dynamic size counts as 0. Unlike in C it does not mean '-'. */
static size_t size_of_arg(const struct fmt_arg *arg)
{
	if (arg->num < 0)
		return 0;
	return arg->num > FMT_SIZE_MAX ? FMT_SIZE_MAX : (size_t)arg->num;
}

/* Append text padded with spaces to the width. */
static void put_padded(struct strbuf *out, const struct spec *sp,
		       const char *text, size_t len)
{
	size_t pad = sp->width > len ? sp->width - len : 0;

	if (sp->flag != '-')
		strbuf_fill(out, ' ', pad);
	strbuf_add(out, text, len);
	if (sp->flag == '-')
		strbuf_fill(out, ' ', pad);
}

/* Append prefix (sign or 0x) and digits. Unlike in C the flag 0 works together
 * with a precision, and precision 0 still shows a zero. */
static void put_number(struct strbuf *out, const struct spec *sp,
		       const char *prefix, const char *digits, size_t n)
{
	size_t zeros = sp->has_prec && sp->prec > n ? sp->prec - n : 0;
	size_t used = strlen(prefix) + zeros + n;
	size_t pad = sp->width > used ? sp->width - used : 0;

	if (sp->flag == '0') {
		zeros += pad;
		pad = 0;
	}
	if (sp->flag != '-')
		strbuf_fill(out, ' ', pad);
	strbuf_addstr(out, prefix);
	strbuf_fill(out, '0', zeros);
	strbuf_add(out, digits, n);
	if (sp->flag == '-')
		strbuf_fill(out, ' ', pad);
}

/* Digits of value, at the end of buf; returns the first. */
static char *make_digits(char buf[DIGITS_MAX], uint64_t value, unsigned base,
			 const char *alphabet)
{
	char *p = buf + DIGITS_MAX;

	do {
		*--p = alphabet[value % base];
		value /= base;
	} while (value);
	return p;
}

static void put_unsigned(struct strbuf *out, const struct spec *sp,
			 uint64_t value, unsigned base, const char *prefix,
			 bool upper)
{
	char buf[DIGITS_MAX], *p;

	p = make_digits(buf, value, base,
			upper ? "0123456789ABCDEF" : "0123456789abcdef");
	put_number(out, sp, prefix, p, (size_t)(buf + DIGITS_MAX - p));
}

static void put_signed(struct strbuf *out, const struct spec *sp, int64_t num)
{
	uint64_t magnitude = num < 0 ? 0 - (uint64_t)num : (uint64_t)num;
	const char *sign = "";

	if (num < 0)
		sign = "-";
	else if (sp->flag == '+')
		sign = "+";
	else if (sp->flag == ' ')
		sign = " ";
	put_unsigned(out, sp, magnitude, 10, sign, false);
}

/* The escaped form of %#c; buf holds 5 bytes. */
static size_t escape_char(char *buf, unsigned char c)
{
	static const char letters[] = "abtnvfr"; /* bytes 7 to 13 */

	buf[0] = '\\';
	if (c >= 7 && c <= 13) {
		buf[1] = letters[c - 7];
		return 2;
	}
	if (c == '\'' || c == '\\') {
		buf[1] = (char)c;
		return 2;
	}
	if (c >= 32 && c < 127) {
		buf[0] = (char)c;
		return 1;
	}
	buf[1] = (char)('0' + (c >> 6));
	buf[2] = (char)('0' + (c >> 3 & 7));
	buf[3] = (char)('0' + (c & 7));
	return 4;
}

static void put_char(struct strbuf *out, const struct spec *sp, int64_t num)
{
	char buf[5] = { (char)num };
	size_t n = 1;

	if (sp->flag == '#')
		n = escape_char(buf, (unsigned char)num);
	put_padded(out, sp, buf, n);
}

/* The flag 0 of %s appends a NUL byte. */
static void put_string(struct strbuf *out, const struct spec *sp,
		       const struct fmt_arg *arg)
{
	size_t len = arg->len;

	if (sp->has_prec && sp->prec < len)
		len = sp->prec;
	put_padded(out, sp, arg->str, len);
	if (sp->flag == '0')
		strbuf_addch(out, 0);
}

static void put_binary(struct strbuf *out, const struct spec *sp, uint64_t num)
{
	size_t n = 8, i;

	if (sp->width == 1 || sp->width == 2 || sp->width == 4)
		n = sp->width;
	for (i = 0; i < n; i++)
		strbuf_addch(out, (int)(num >> 8 * i & 255));
}

static void put_dump(struct strbuf *out, const struct spec *sp,
		     const struct fmt_arg *arg, bool hex)
{
	size_t want = sp->has_prec ? sp->prec : 1;
	size_t len = arg->len < want ? arg->len : want, i;
	struct strbuf text = STRBUF_INIT;

	for (i = 0; i < len; i++) {
		if (hex)
			strbuf_addf(&text, "%02x", (unsigned char)arg->str[i]);
		else
			strbuf_addch(&text, arg->str[i]);
	}
	put_padded(out, sp, text.buf, text.len);
	strbuf_release(&text);
}

static void put_item(struct strbuf *out, const struct fmt_item *item,
		     const struct spec *sp, const struct fmt_arg *arg)
{
	uint64_t num = (uint64_t)arg->num;
	bool alt = sp->flag == '#';

	switch (item->conv) {
	case FMT_LITERAL:
		break;
	case FMT_D:
		put_signed(out, sp, arg->num);
		break;
	case FMT_U:
		put_unsigned(out, sp, num, 10, "", false);
		break;
	case FMT_O:
		put_unsigned(out, sp, num, 8, alt ? "0" : "", false);
		break;
	case FMT_X:
		put_unsigned(out, sp, num, 16, alt ? "0x" : "", false);
		break;
	case FMT_UPPER_X:
		put_unsigned(out, sp, num, 16, alt ? "0X" : "", true);
		break;
	case FMT_P:
		put_unsigned(out, sp, num, 16, "0x", false);
		break;
	case FMT_S:
		put_string(out, sp, arg);
		break;
	case FMT_C:
		put_char(out, sp, arg->num);
		break;
	case FMT_B:
		put_binary(out, sp, num);
		break;
	case FMT_M:
	case FMT_UPPER_M:
		put_dump(out, sp, arg, item->conv == FMT_UPPER_M);
		break;
	}
}

void fmt_render(const struct fmt *f, const struct fmt_arg *args,
		struct strbuf *out)
{
	fmt_render_sized(f, args, FMT_SIZE_MAX, out);
}

void fmt_render_sized(const struct fmt *f, const struct fmt_arg *args,
		      size_t size, struct strbuf *out)
{
	const struct fmt_item *item;

	vec_foreach(item, &f->items) {
		struct spec sp = { .flag = item->flag };

		if (item->conv == FMT_LITERAL) {
			strbuf_add(out, item->text, item->len);
			continue;
		}
		sp.width = item->width;
		if (item->width_kind == FMT_SIZE_ARG)
			sp.width = size_of_arg(args++);
		if (item->conv == FMT_S && sp.width > size)
			sp.width = size;
		sp.has_prec = item->prec_kind != FMT_SIZE_NONE;
		sp.prec = item->prec;
		if (item->prec_kind == FMT_SIZE_ARG)
			sp.prec = size_of_arg(args++);
		put_item(out, item, &sp, args++);
	}
}
