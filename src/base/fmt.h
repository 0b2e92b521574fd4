/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * printf formats of the script language (language.md section 18.1): parsed once
 * to a list of items, rendered wherever the arguments are. The exact rules are
 * those the reference showed when it ran.
 */
#ifndef SPILE_BASE_FMT_H
#define SPILE_BASE_FMT_H

#include "base/strbuf.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

enum fmt_conv {
	FMT_LITERAL, /* text */
	FMT_D,       /* %d %i */
	FMT_U, FMT_O, FMT_X, FMT_UPPER_X,
	FMT_P,
	FMT_S,
	FMT_C,
	FMT_B,       /* raw little-endian integer */
	FMT_M,       /* memory dump, raw */
	FMT_UPPER_M, /* memory dump, hex */
};

/* Greater widths and precisions count as this one, so that no argument makes a
 * rendering larger than its text plus this much. */
#define FMT_SIZE_MAX 65535u

/* Width or precision. */
enum fmt_size { FMT_SIZE_NONE, FMT_SIZE_FIXED, FMT_SIZE_ARG };

struct fmt_item {
	enum fmt_conv conv;
	char flag;               /* 0, or one of 0 + - space # */
	enum fmt_size width_kind, prec_kind;
	uint32_t width, prec;    /* when fixed */
	const char *text;        /* literal: %% already resolved */
	size_t len;
};

struct fmt {
	VEC(struct fmt_item) items;
	size_t n_args;           /* arguments consumed, with those of * */
};

enum fmt_error { FMT_OK, FMT_BAD_CONVERSION, FMT_TRAILING };

/* Parse len bytes of format. Literal text is copied into the arena. On error
 * *err_off is the offset of the conversion that is wrong. */
enum fmt_error fmt_parse(struct arena *arena, const char *text, size_t len,
			 struct fmt *out, size_t *err_off);

/* What argument i must be: 's' for string, 'd' for long. i < n_args. */
char fmt_arg_type(const struct fmt *f, size_t i);

/* One argument of a rendering. */
struct fmt_arg {
	int64_t num;
	const char *str; /* for %s: bytes, not necessarily NUL-terminated */
	size_t len;
};

/* Append the text for n_args arguments to out, in the order of the format; the
 * arguments of * stand before their value. FMT_M and FMT_UPPER_M take the bytes
 * to dump as str and len (precision says how many, default 1). */
void fmt_render(const struct fmt *f, const struct fmt_arg *args,
		struct strbuf *out);
/* The same for a string that holds size bytes with the NUL: no text is padded to
 * more than these, as in the reference, whose last byte is cut then. */
void fmt_render_sized(const struct fmt *f, const struct fmt_arg *args,
		      size_t size, struct strbuf *out);

#endif
