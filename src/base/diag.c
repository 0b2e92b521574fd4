/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/diag.h"

#include "base/bug.h"

#include <string.h>

enum diag_kind { PARSE, SEMANTIC, WARNING };

static const struct {
	const char *name;
	enum diag_kind kind;
} tags[] = {
#define DIAG(tag, kind, meaning, text) [DIAG_##tag] = { #tag, kind },
#include "base/diag_tags.def"
#undef DIAG
};

const unsigned diag_tag_count = ARRAY_SIZE(tags);

static const char *const kind_words[] = {
	[PARSE] = "parse error",
	[SEMANTIC] = "semantic error",
	[WARNING] = "WARNING",
};

const char *diag_tag_name(enum diag_tag tag)
{
	return tags[tag].name;
}

void diag_init(struct diag *d, struct sources *srcs)
{
	memset(d, 0, sizeof(*d));
	d->srcs = srcs;
	strbuf_init(&d->out);
}

void diag_release(struct diag *d)
{
	strbuf_release(&d->out);
	hmap_release(&d->seen);
	arena_release(&d->arena);
}

void diag_flush(struct diag *d, FILE *to)
{
	fwrite(d->out.buf, 1, d->out.len, to);
	fflush(to);
	strbuf_reset(&d->out);
}

static void add_colored(struct diag *d, struct strbuf *out, const char *sgr,
			const char *text)
{
	if (d->color)
		strbuf_addf(out, "\033[%sm%s\033[m\033[K", sgr, text);
	else
		strbuf_addstr(out, text);
}

/* "        source: LINE" and the caret below the location's first byte. Tabs
 * before the caret are repeated so that it stands right in any terminal. */
static void add_source_line(struct diag *d, struct strbuf *out, struct loc loc,
			    const char *label)
{
	const char *text;
	size_t len, i;
	unsigned line, col;

	if (!loc_is_set(loc) || loc.cls == TC_EOF)
		return;
	loc_line_text(d->srcs, loc, &text, &len);
	loc_line_col(d->srcs, loc, &line, &col);
	/* A line of a megabyte would hide the message. */
	if (len > 1000)
		return;
	strbuf_addstr(out, label);
	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		strbuf_addch(out, c < 32 && c != '\t' ? ' ' : c);
	}
	strbuf_addch(out, '\n');
	strbuf_fill(out, ' ', strlen(label));
	for (i = 0; i + 1 < col && i < len; i++)
		/* The second and further bytes of a character take no room. */
		if ((text[i] & 0xc0) != 0x80)
			strbuf_addch(out, text[i] == '\t' ? '\t' : ' ');
	add_colored(d, out, "01", "^");
	strbuf_addch(out, '\n');
}

static void add_origins(struct diag *d, struct strbuf *out, struct loc loc)
{
	uint32_t i, next;
	int depth = 0;

	for (i = loc.origin; i && depth < 10; i = next, depth++) {
		const struct origin *o = &d->srcs->origins.at[i];

		next = o->parent;
		if (!strcmp(o->kind, "macro"))
			strbuf_addstr(out, "        in expansion of macro: ");
		else
			strbuf_addf(out, "        in %s: ", o->kind);
		loc_add_token_at(d->srcs, o->at, out);
		strbuf_addch(out, '\n');
		add_source_line(d, out, o->at, "        source: ");
	}
}

static void add_parse_place(struct diag *d, struct strbuf *out,
			    enum diag_form form, struct loc loc)
{
	if (!loc_is_set(loc))
		return;
	strbuf_addstr(out, form == DIAG_SAW ? "        saw: " :
					      "         at: ");
	loc_add_token_at(d->srcs, loc, out);
	strbuf_addch(out, '\n');
	add_source_line(d, out, loc, "     source: ");
}

static void add_message(struct diag *d, struct strbuf *out,
			enum diag_form form, struct loc loc,
			enum diag_tag tag, const char *text)
{
	enum diag_kind kind = tags[tag].kind;

	add_colored(d, out, kind == WARNING ? "00;33" : "01;31",
		    kind_words[kind]);
	strbuf_addf(out, ": %s", text);
	if (kind != PARSE && loc_is_set(loc)) {
		strbuf_addstr(out, ": ");
		loc_add_token_at(d->srcs, loc, out);
	}
	strbuf_addch(out, '\n');
	if (d->verbose >= 2)
		strbuf_addf(out, "   tag: %s\n", tags[tag].name);
	if (kind == PARSE)
		add_parse_place(d, out, form, loc);
	else
		add_source_line(d, out, loc, kind == WARNING ?
				" source: " : "        source: ");
	add_origins(d, out, loc);
}

/* Whether the same words about the same place were reported before. */
static bool seen_before(struct diag *d, const struct strbuf *msg)
{
	char *key;

	if (d->show_duplicates)
		return false;
	if (hmap_get(&d->seen, msg->buf, msg->len))
		return true;
	key = arena_strndup(&d->arena, msg->buf, msg->len);
	hmap_put(&d->seen, key, msg->len, key);
	return false;
}

static void diag_vreport(struct diag *d, enum diag_form form, struct loc loc,
			 enum diag_tag tag, const char *fmt, va_list ap)
{
	struct strbuf text = STRBUF_INIT, msg = STRBUF_INIT;

	if (d->shown >= DIAG_SHOWN_MAX && !d->show_duplicates) {
		d->suppressed++;
		return;
	}
	strbuf_vaddf(&text, fmt, ap);
	add_message(d, &msg, form, loc, tag, text.buf);
	if (seen_before(d, &msg)) {
		d->suppressed++;
	} else {
		strbuf_add(&d->out, msg.buf, msg.len);
		d->shown++;
	}
	strbuf_release(&text);
	strbuf_release(&msg);
}

void diag_report(struct diag *d, enum diag_form form, struct loc loc,
		 enum diag_tag tag, const char *fmt, ...)
{
	va_list ap;

	if (d->mute && tags[tag].kind == PARSE)
		return;
	if (tags[tag].kind == WARNING) {
		if (d->no_warnings)
			return;
		d->warnings++;
		if (d->warnings_are_errors)
			d->errors++;
	} else {
		d->errors++;
	}
	va_start(ap, fmt);
	diag_vreport(d, form, loc, tag, fmt, ap);
	va_end(ap);
}

void diag_report_note(struct diag *d, struct loc loc, enum diag_tag tag,
		      const char *fmt, ...)
{
	va_list ap;

	if (d->mute && tags[tag].kind == PARSE)
		return;
	va_start(ap, fmt);
	diag_vreport(d, DIAG_PLACE, loc, tag, fmt, ap);
	va_end(ap);
}
