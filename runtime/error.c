/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Errors of handlers. The pending one has a text and the places it has left so
 * far: where it came up, then the calls of functions, inside out.
 */
#include "core.h"

#include <linux/string.h>

static void place(struct sp_context *x, u32 loc)
{
	if (loc != SP_NO_LOC && x->n_locs < SP_MAX_LOCS)
		x->locs[x->n_locs++] = loc;
}

static void set_error(struct sp_ctx *c, const char *text, u32 len, u32 loc)
{
	struct sp_context *x = sp_context(c);

	sp_set(x->error, sp_program.limits.maxstringlen, text, len);
	x->n_locs = 0;
	place(x, loc);
}

void sp_raise(struct sp_ctx *c, const char *text, u32 loc)
{
	set_error(c, text, strlen(text), loc);
}

void sp_raise_str(struct sp_ctx *c, const struct sp_str *text, u32 loc)
{
	set_error(c, text->text, text->len, loc);
}

void sp_raisef(struct sp_ctx *c, u32 loc, const char *format, ...)
{
	char text[128];
	va_list ap;

	va_start(ap, format);
	vscnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	sp_raise(c, text, loc);
}

void sp_error_from(struct sp_ctx *c, u32 loc)
{
	place(sp_context(c), loc);
}

void sp_errmsg(struct sp_ctx *c, struct sp_str *to, u32 bound)
{
	struct sp_context *x = sp_context(c);

	sp_copy(to, bound, x->error);
	sp_set(x->error, 1, "", 0);
}

void sp_exhausted(struct sp_ctx *c, u32 loc)
{
	sp_raise(c, "MAXACTION exceeded", loc);
	c->ended = SP_END_ERROR;
}

/* --- messages --- */

static void add(struct sp_context *x, u32 *len, const char *text)
{
	u32 n = strlen(text);

	if (n > SP_LINE_BYTES - 1 - *len)
		n = SP_LINE_BYTES - 1 - *len;
	memcpy(x->line + *len, text, n);
	*len += n;
	x->line[*len] = 0;
}

void sp_report(struct sp_context *x)
{
	u32 len = 0, i;

	if (!sp_program.limits.suppress_errors) {
		add(x, &len, x->error->text);
		for (i = 0; i < x->n_locs; i++) {
			add(x, &len, i ? " (called from " : " near ");
			add(x, &len, sp_program.locs[x->locs[i]]);
			if (i)
				add(x, &len, ")");
		}
		add(x, &len, " in probe ");
		add(x, &len, x->probe->point);
		sp_error_text(x->line);
	}
	sp_count_error();
}
