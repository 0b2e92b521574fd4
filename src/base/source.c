/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/source.h"

#include "base/bug.h"

#include <string.h>

void sources_init(struct sources *s, struct arena *arena)
{
	memset(s, 0, sizeof(*s));
	s->arena = arena;
	vec_push(arena, &s->list, NULL);
	vec_push(arena, &s->origins, (struct origin){ 0 });
}

struct source *source_add(struct sources *s, const char *name,
			  const char *text, size_t len, bool copy)
{
	struct source *src;

	if (s->list.len > UINT16_MAX || len >= UINT32_MAX)
		return NULL;
	src = arena_new(s->arena, struct source);
	src->name = copy ? arena_strdup(s->arena, name) : name;
	src->text = copy ? arena_strndup(s->arena, text, len) : text;
	src->len = len;
	vec_push(s->arena, &s->list, src);
	return src;
}

uint16_t source_index(const struct sources *s, const struct source *src)
{
	size_t i;

	/* Nearly always the newest. */
	for (i = s->list.len; i-- > 1;)
		if (s->list.at[i] == src)
			return (uint16_t)i;
	BUG("source '%s' is not registered", src->name);
}

struct source *loc_source(const struct sources *s, struct loc loc)
{
	return loc.src < s->list.len ? s->list.at[loc.src] : NULL;
}

uint32_t origin_add(struct sources *s, const char *kind, const char *name,
		    struct loc at, uint32_t parent)
{
	vec_push(s->arena, &s->origins,
		 (struct origin){ kind, name, at, parent });
	return (uint32_t)s->origins.len - 1;
}

/* Find where the lines of a source start; once per source that is reported. */
static void source_index_lines(const struct sources *s, struct source *src)
{
	VEC(uint32_t) starts = { 0 };
	const char *p = src->text, *end = src->text + src->len;

	if (src->lines)
		return;
	vec_push(s->arena, &starts, 0);
	while (p < end && (p = memchr(p, '\n', (size_t)(end - p)))) {
		p++;
		vec_push(s->arena, &starts, (uint32_t)(p - src->text));
	}
	src->lines = starts.at;
	src->n_lines = starts.len;
}

/* Pasted text stands where the $N does: step out to the file. */
static struct loc loc_outermost(const struct sources *s, struct loc loc)
{
	const struct source *src;

	while ((src = loc_source(s, loc)) && loc_is_set(src->included))
		loc = src->included;
	return loc;
}

/* Number of the line (from 0) that holds the offset. */
static size_t source_line_at(const struct source *src, uint32_t off)
{
	size_t lo = 0, hi = src->n_lines;

	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (src->lines[mid] <= off)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

void loc_line_col(const struct sources *s, struct loc loc, unsigned *line,
		  unsigned *col)
{
	struct source *src;
	size_t n;

	loc = loc_outermost(s, loc);
	src = loc_source(s, loc);
	*line = *col = 0;
	if (!src)
		return;
	source_index_lines(s, src);
	n = source_line_at(src, loc.off);
	*line = (unsigned)n + 1;
	*col = loc.off - src->lines[n] + 1;
}

void loc_line_text(const struct sources *s, struct loc loc, const char **text,
		   size_t *len)
{
	struct source *src;
	size_t n, end;

	loc = loc_outermost(s, loc);
	src = loc_source(s, loc);
	*text = "";
	*len = 0;
	if (!src)
		return;
	source_index_lines(s, src);
	n = source_line_at(src, loc.off);
	end = n + 1 < src->n_lines ? src->lines[n + 1] - 1 : src->len;
	*text = src->text + src->lines[n];
	*len = end - src->lines[n];
}

void loc_text(const struct sources *s, struct loc loc, const char **text,
	      size_t *len)
{
	const struct source *src = loc_source(s, loc);

	*text = src ? src->text + loc.off : "";
	*len = src ? loc.len : 0;
}

void loc_add_place(const struct sources *s, struct loc loc, struct strbuf *out)
{
	const struct source *src = loc_source(s, loc_outermost(s, loc));
	unsigned line, col;

	loc_line_col(s, loc, &line, &col);
	strbuf_addf(out, "%s:%u:%u", src ? src->name : "<unknown>", line, col);
}

/* Bytes as messages may show them: control and non-ASCII bytes as \xNN. */
static void add_printable(struct strbuf *out, const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if ((c >= 32 && c < 127) || c == '\n' || c == '\t')
			strbuf_addch(out, c);
		else
			strbuf_addf(out, "\\x%02x", c);
	}
}

void loc_add_token(const struct sources *s, struct loc loc, struct strbuf *out)
{
	static const char *const names[] = {
		[TC_JUNK] = "unknown token",  [TC_IDENT] = "identifier",
		[TC_OP] = "operator",	      [TC_STRING] = "string",
		[TC_NUMBER] = "number",
	};
	const char *text;
	size_t len;

	loc_text(s, loc, &text, &len);
	switch ((enum tok_class)loc.cls) {
	case TC_NONE:
		return;
	case TC_KEYWORD:
		strbuf_addstr(out, "keyword");
		return;
	case TC_EMBED:
		strbuf_addstr(out, "embedded-code");
		return;
	case TC_EOF:
		strbuf_addstr(out, "EOF");
		return;
	case TC_STRING:
		if (len >= 2 && text[0] == '"') {
			text++;
			len -= text[len - 2] == '"' ? 2 : 1;
		}
		break;
	case TC_JUNK:
	case TC_IDENT:
	case TC_OP:
	case TC_NUMBER:
		break;
	}
	strbuf_addf(out, "%s '", names[loc.cls]);
	add_printable(out, text, len);
	strbuf_addch(out, '\'');
}

void loc_add_token_at(const struct sources *s, struct loc loc,
		      struct strbuf *out)
{
	const struct source *src = loc_source(s, loc);

	if (loc.cls == TC_EOF) {
		strbuf_addf(out, "%s EOF", src ? src->name : "<unknown>");
		return;
	}
	loc_add_token(s, loc, out);
	if (loc.cls != TC_NONE)
		strbuf_addstr(out, " at ");
	loc_add_place(s, loc, out);
}
