/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * printf and its kin: the rules of src/base/fmt.c, from tables that the
 * translator has made of the formats.
 */
#include "core.h"

#include <linux/string.h>
#include <linux/uaccess.h>

#define SIZE_MOST  65535u /* greater widths and precisions count as this */
#define DIGITS_MAX 22     /* 64 bits in octal */
#define DUMP_BYTES 32     /* of a memory dump, read at a time */

/* --- sinks --- */

void sp_flush(struct sp_context *x)
{
	if (x->out_len)
		sp_out_write(x->out, x->out_len);
	x->out_len = 0;
}

/* Room for up to *n bytes, at least one while a string is not full. */
static char *room(struct sp_sink *s, u32 *n)
{
	char *at;

	if (!s->x) {
		*n = min(*n, s->cap - s->len);
		at = s->text + s->len;
		s->len += *n;
		return at;
	}
	if (s->x->out_len == SP_OUT_BYTES)
		sp_flush(s->x);
	*n = min(*n, SP_OUT_BYTES - s->x->out_len);
	at = s->x->out + s->x->out_len;
	s->x->out_len += *n;
	return at;
}

void sp_put(struct sp_sink *s, const char *text, u32 len)
{
	while (len) {
		u32 n = len;
		char *at = room(s, &n);

		if (!n)
			return;
		memcpy(at, text, n);
		text += n;
		len -= n;
	}
}

void sp_fill(struct sp_sink *s, char c, u32 len)
{
	while (len) {
		u32 n = len;
		char *at = room(s, &n);

		if (!n)
			return;
		memset(at, c, n);
		len -= n;
	}
}

void sp_putf(struct sp_sink *s, const char *format, ...)
{
	char text[96];
	va_list ap;
	int n;

	va_start(ap, format);
	n = vscnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	sp_put(s, text, n);
}

void sp_sink_end(struct sp_sink *s, struct sp_str *to, u32 bound)
{
	sp_set(to, bound, s->text, strnlen(s->text, s->len));
}

/* --- conversions --- */

/* A conversion with its sizes taken from the arguments. */
struct spec {
	char flag;
	bool has_prec;
	u32 width, prec;
};

static void put_padded(struct sp_sink *s, const struct spec *sp,
		       const char *text, u32 len)
{
	u32 pad = sp->width > len ? sp->width - len : 0;

	if (sp->flag != '-')
		sp_fill(s, ' ', pad);
	sp_put(s, text, len);
	if (sp->flag == '-')
		sp_fill(s, ' ', pad);
}

/* Prefix (sign or 0x) and digits. Unlike in C the flag 0 works together with a
 * precision, and precision 0 still shows a zero. */
static void put_number(struct sp_sink *s, const struct spec *sp,
		       const char *prefix, const char *digits, u32 n)
{
	u32 zeros = sp->has_prec && sp->prec > n ? sp->prec - n : 0;
	u32 used = strlen(prefix) + zeros + n;
	u32 pad = sp->width > used ? sp->width - used : 0;

	if (sp->flag == '0') {
		zeros += pad;
		pad = 0;
	}
	if (sp->flag != '-')
		sp_fill(s, ' ', pad);
	sp_put(s, prefix, strlen(prefix));
	sp_fill(s, '0', zeros);
	sp_put(s, digits, n);
	if (sp->flag == '-')
		sp_fill(s, ' ', pad);
}

static void put_unsigned(struct sp_sink *s, const struct spec *sp, u64 value,
			 u32 base, const char *prefix, bool upper)
{
	const char *alphabet = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	char buf[DIGITS_MAX], *p = buf + DIGITS_MAX;

	do {
		*--p = alphabet[value % base];
		value /= base;
	} while (value);
	put_number(s, sp, prefix, p, buf + DIGITS_MAX - p);
}

static void put_signed(struct sp_sink *s, const struct spec *sp, s64 num)
{
	const char *sign = "";

	if (num < 0)
		sign = "-";
	else if (sp->flag == '+')
		sign = "+";
	else if (sp->flag == ' ')
		sign = " ";
	put_unsigned(s, sp, num < 0 ? 0 - (u64)num : num, 10, sign, false);
}

/* The escaped form of %#c; buf holds 4 bytes. */
static u32 escape_char(char *buf, unsigned char c)
{
	static const char letters[] = "abtnvfr"; /* bytes 7 to 13 */

	buf[0] = '\\';
	if (c >= 7 && c <= 13) {
		buf[1] = letters[c - 7];
		return 2;
	}
	if (c == '\'' || c == '\\') {
		buf[1] = c;
		return 2;
	}
	if (c >= 32 && c < 127) {
		buf[0] = c;
		return 1;
	}
	buf[1] = '0' + (c >> 6);
	buf[2] = '0' + (c >> 3 & 7);
	buf[3] = '0' + (c & 7);
	return 4;
}

static void put_char(struct sp_sink *s, const struct spec *sp, s64 num)
{
	char buf[4] = { (char)num };
	u32 n = 1;

	if (sp->flag == '#')
		n = escape_char(buf, num);
	put_padded(s, sp, buf, n);
}

/* The flag 0 of %s appends a NUL byte. */
static void put_string(struct sp_sink *s, const struct spec *sp,
		       const struct sp_str *str)
{
	u32 len = str->len;

	if (sp->has_prec && sp->prec < len)
		len = sp->prec;
	put_padded(s, sp, str->text, len);
	if (sp->flag == '0')
		sp_put(s, "", 1);
}

static void put_binary(struct sp_sink *s, const struct spec *sp, u64 num)
{
	u32 n = sp->width == 1 || sp->width == 2 || sp->width == 4 ? sp->width :
								     8;

	num = (__force u64)cpu_to_le64(num);
	sp_put(s, (const char *)&num, n);
}

/* Bytes of kernel memory; what cannot be read ends them. */
static void put_dump(struct sp_sink *s, const struct spec *sp, s64 address,
		     bool hex)
{
	const char *at = (const char *)(unsigned long)address;
	u32 left = sp->has_prec ? sp->prec : 1, each = hex ? 2 : 1;
	u32 pad = sp->width > left * each ? sp->width - left * each : 0, i, n;
	u8 bytes[DUMP_BYTES];

	if (sp->flag != '-')
		sp_fill(s, ' ', pad);
	for (; left; left -= n, at += n) {
		n = min_t(u32, left, DUMP_BYTES);
		if (copy_from_kernel_nofault(bytes, at, n))
			break;
		if (!hex)
			sp_put(s, (const char *)bytes, n);
		for (i = 0; hex && i < n; i++)
			sp_putf(s, "%02x", bytes[i]);
	}
	if (sp->flag == '-')
		sp_fill(s, ' ', pad);
}

static void put_item(struct sp_sink *s, const struct sp_item *item,
		     const struct spec *sp, const union sp_val *arg)
{
	bool alt = sp->flag == '#';

	switch ((enum sp_conv)item->conv) {
	case SP_LITERAL:
		break;
	case SP_FMT_D:
		put_signed(s, sp, arg->num);
		break;
	case SP_FMT_U:
		put_unsigned(s, sp, arg->num, 10, "", false);
		break;
	case SP_FMT_O:
		put_unsigned(s, sp, arg->num, 8, alt ? "0" : "", false);
		break;
	case SP_FMT_X:
		put_unsigned(s, sp, arg->num, 16, alt ? "0x" : "", false);
		break;
	case SP_FMT_UPPER_X:
		put_unsigned(s, sp, arg->num, 16, alt ? "0X" : "", true);
		break;
	case SP_FMT_P:
		put_unsigned(s, sp, arg->num, 16, "0x", false);
		break;
	case SP_FMT_S:
		put_string(s, sp, arg->str);
		break;
	case SP_FMT_C:
		put_char(s, sp, arg->num);
		break;
	case SP_FMT_B:
		put_binary(s, sp, arg->num);
		break;
	case SP_FMT_M:
	case SP_FMT_UPPER_M:
		put_dump(s, sp, arg->num, item->conv == SP_FMT_UPPER_M);
		break;
	}
}

/* A negative size of an argument counts as 0. Unlike in C it means no '-'. */
static u32 size_of(u8 kind, u32 fixed, const union sp_val **args)
{
	s64 n;

	if (kind != SP_SIZE_ARG)
		return fixed;
	n = (*args)++->num;
	return n < 0 ? 0 : n > SIZE_MOST ? SIZE_MOST : n;
}

/* size: no text is padded to more. */
static void render(struct sp_sink *s, const struct sp_format *f,
		   const union sp_val *args, u32 size)
{
	u32 i;

	for (i = 0; i < f->n_items; i++) {
		const struct sp_item *item = &f->items[i];
		struct spec sp = { .flag = item->flag };

		if (item->conv == SP_LITERAL) {
			sp_put(s, item->text, item->width);
			continue;
		}
		sp.width = size_of(item->width_kind, item->width, &args);
		if (item->conv == SP_FMT_S && sp.width > size)
			sp.width = size;
		sp.has_prec = item->prec_kind != SP_SIZE_NONE;
		sp.prec = size_of(item->prec_kind, item->prec, &args);
		put_item(s, item, &sp, args++);
	}
}

void sp_print(struct sp_ctx *c, const struct sp_format *f,
	      const union sp_val *args)
{
	struct sp_sink s = sp_sink_out(c);

	render(&s, f, args, SIZE_MOST);
}

void sp_sprint(struct sp_ctx *c, struct sp_str *to, u32 bound,
	       const struct sp_format *f, const union sp_val *args)
{
	struct sp_sink s = sp_sink_str(sp_context(c)->tmp);

	render(&s, f, args, sp_program.limits.maxstringlen);
	sp_sink_end(&s, to, bound);
}
