/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading a regular expression: by recursive descent into a tree, whose depth
 * the number of groups and of repetitions on one another bounds, and from that
 * into the program (regex_code.c).
 *
 *	either = row { '|' row }
 *	row    = { piece }
 *	piece  = atom { '*' | '+' | '?' | '{' N [ ',' [ M ] ] '}' }
 *	atom   = '(' either ')' | '[' set ']' | '.' | '^' | '$' | '\' byte | byte
 *
 * A repetition with no atom before it repeats nothing.
 */
#include "base/regex_tree.h"

#include "base/bug.h"

#include <ctype.h>
#include <string.h>

#define MAX_DEPTH 512

struct reader {
	struct arena *arena;
	const char *text;
	size_t len, at;
	uint32_t n_groups;
	struct regex_error *err;
	bool failed;
};

static struct rx_node *fail(struct reader *r, size_t pos, const char *text)
{
	if (!r->failed)
		*r->err = (struct regex_error){ .pos = pos, .text = text };
	r->failed = true;
	return NULL;
}

static const char *what_is_at(struct reader *r, size_t at)
{
	if (at >= r->len)
		return "end of regex";
	return arena_printf(r->arena, "'%c'", r->text[at]);
}

/* "expected WHAT, found …" about the next byte. */
static struct rx_node *expected(struct reader *r, const char *what)
{
	return fail(r, r->at, arena_printf(r->arena, "expected %s, found %s",
					   what, what_is_at(r, r->at)));
}

/* The next byte, or 0 at the end. */
static unsigned char peek(const struct reader *r)
{
	return r->at < r->len ? (unsigned char)r->text[r->at] : 0;
}

static bool take(struct reader *r, char c)
{
	if (r->at >= r->len || r->text[r->at] != c)
		return false;
	r->at++;
	return true;
}

static struct rx_node *node_new(struct reader *r, enum rx_kind kind)
{
	struct rx_node *n = arena_new(r->arena, struct rx_node);

	n->kind = kind;
	return n;
}

static bool push(struct reader *r, struct rx_node *to, struct rx_node *part)
{
	if (part->depth >= MAX_DEPTH) {
		fail(r, r->at, "expression is nested too deeply");
		return false;
	}
	if (to->depth <= part->depth)
		to->depth = part->depth + 1;
	vec_push(r->arena, &to->parts, part);
	return true;
}

/* --- sets --- */

static void set_add(struct regex_set *s, unsigned c)
{
	s->bits[c / 64] |= UINT64_C(1) << (c % 64);
}

static void set_invert(struct regex_set *s)
{
	unsigned i;

	for (i = 0; i < 4; i++)
		s->bits[i] = ~s->bits[i];
	s->bits[0] &= ~UINT64_C(1);
}

static struct rx_node *set_node(struct reader *r, unsigned char c)
{
	struct rx_node *n = node_new(r, RX_SET);

	set_add(&n->set, c);
	return n;
}

/* Bytes below 128 only: the C locale, whatever the process has. */
static bool in_class(const char *name, size_t len, unsigned c, bool *known)
{
	static const struct {
		const char *name;
		int (*has)(int c);
	} classes[] = {
		{ "alnum", isalnum }, { "alpha", isalpha },
		{ "blank", isblank }, { "cntrl", iscntrl },
		{ "digit", isdigit }, { "graph", isgraph },
		{ "lower", islower }, { "print", isprint },
		{ "punct", ispunct }, { "space", isspace },
		{ "upper", isupper }, { "xdigit", isxdigit },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(classes); i++) {
		if (strlen(classes[i].name) != len ||
		    memcmp(classes[i].name, name, len))
			continue;
		*known = true;
		return c && c < 128 && classes[i].has((int)c);
	}
	return false;
}

/* [:NAME:] behind its opening bracket. */
static bool read_class(struct reader *r, struct regex_set *s)
{
	size_t start = r->at + 1, end = start;
	bool known = false;
	unsigned c;

	while (end + 1 < r->len &&
	       (r->text[end] != ':' || r->text[end + 1] != ']'))
		end++;
	if (end + 1 >= r->len) {
		r->at = r->len;
		return expected(r, ":]");
	}
	for (c = 0; c < 256; c++)
		if (in_class(r->text + start, end - start, c, &known))
			set_add(s, c);
	r->at = end + 2;
	return known || fail(r, start, "unknown character class");
}

/* One byte of a set, or a range. */
static bool read_range(struct reader *r, struct regex_set *s)
{
	unsigned lo = peek(r), hi = lo;
	size_t start = r->at++;

	if (peek(r) == '-' && r->at + 1 < r->len && r->text[r->at + 1] != ']') {
		r->at++;
		hi = peek(r);
		r->at++;
		if (hi == '[' && (peek(r) == '.' || peek(r) == '=' ||
				  peek(r) == ':'))
			return fail(r, r->at - 1,
				    "a range needs a byte at its end");
	}
	if (lo > hi)
		return fail(r, start, "range out of order");
	for (; lo <= hi; lo++)
		if (lo)
			set_add(s, lo);
	return true;
}

/* Behind the [. */
static struct rx_node *read_set(struct reader *r)
{
	struct rx_node *n = node_new(r, RX_SET);
	bool inverted = take(r, '^'), first = true;

	for (; first || peek(r) != ']'; first = false) {
		if (r->at >= r->len)
			return expected(r, "]");
		if (peek(r) == '[' && r->at + 1 < r->len) {
			char next = r->text[r->at + 1];

			if (next == '.' || next == '=')
				return fail(r, r->at, "collating symbols and "
					    "classes are not supported");
			if (next == ':') {
				r->at++;
				if (!read_class(r, &n->set))
					return NULL;
				continue;
			}
		}
		if (!read_range(r, &n->set))
			return NULL;
	}
	r->at++;
	if (inverted)
		set_invert(&n->set);
	return n;
}

/* --- pieces --- */

static struct rx_node *read_either(struct reader *r);

static struct rx_node *read_group(struct reader *r)
{
	struct rx_node *n = node_new(r, RX_GROUP), *inner;

	if (r->n_groups == REGEX_MAX_GROUPS)
		return fail(r, r->at - 1, "too many groups");
	n->group = r->n_groups++;
	inner = read_either(r);
	if (!inner)
		return NULL;
	if (!take(r, ')'))
		return expected(r, ")");
	return push(r, n, inner) ? n : NULL;
}

static struct rx_node *read_atom(struct reader *r)
{
	unsigned char c = peek(r);
	struct rx_node *n;

	if (c == '*' || c == '+' || c == '?' || c == '{')
		return node_new(r, RX_ROW);
	r->at++;
	switch (c) {
	case '(':
		return read_group(r);
	case '[':
		return read_set(r);
	case '^':
		return node_new(r, RX_BOL);
	case '$':
		return node_new(r, RX_EOL);
	case '.':
		n = node_new(r, RX_SET);
		set_invert(&n->set);
		return n;
	case '\\':
		if (r->at >= r->len)
			return expected(r, "a byte behind \\");
		c = peek(r);
		r->at++;
		return set_node(r, c);
	}
	return set_node(r, c);
}

static bool read_count(struct reader *r, uint32_t *n)
{
	size_t start = r->at;

	if (!isdigit(peek(r)))
		return expected(r, "a number");
	for (*n = 0; isdigit(peek(r)); r->at++) {
		*n = *n * 10 + (uint32_t)(peek(r) - '0');
		if (*n > REGEX_MAX_REPEAT)
			return fail(r, start, "repetition count too large");
	}
	return true;
}

/* Behind the {. */
static bool read_counts(struct reader *r, struct rx_node *n)
{
	size_t start = r->at;

	if (!read_count(r, &n->min))
		return false;
	n->max = n->min;
	if (take(r, ',')) {
		n->max = RX_MANY;
		if (peek(r) != '}' && !read_count(r, &n->max))
			return false;
	}
	if (!take(r, '}'))
		return expected(r, "}");
	return n->min <= n->max ||
	       fail(r, start, "repetition counts out of order");
}

static struct rx_node *read_repeat(struct reader *r, struct rx_node *what)
{
	struct rx_node *n = node_new(r, RX_REPEAT);
	size_t at = r->at;

	n->max = RX_MANY;
	if (take(r, '+'))
		n->min = 1;
	else if (take(r, '?'))
		n->max = 1;
	else if (take(r, '{') && !read_counts(r, n))
		return NULL;
	else if (at == r->at)
		r->at++; /* the star */
	if (what->kind == RX_BOL || what->kind == RX_EOL)
		return fail(r, at, "an anchor cannot be repeated");
	return push(r, n, what) ? n : NULL;
}

static struct rx_node *read_piece(struct reader *r)
{
	struct rx_node *n = read_atom(r);

	while (n && peek(r) && strchr("*+?{", peek(r)))
		n = read_repeat(r, n);
	return n;
}

static struct rx_node *read_row(struct reader *r)
{
	struct rx_node *row = node_new(r, RX_ROW), *part;

	while (r->at < r->len && peek(r) != '|' && peek(r) != ')') {
		part = read_piece(r);
		if (!part || !push(r, row, part))
			return NULL;
	}
	return row;
}

static struct rx_node *read_either(struct reader *r)
{
	struct rx_node *n = node_new(r, RX_EITHER), *row;

	do {
		row = read_row(r);
		if (!row || !push(r, n, row))
			return NULL;
	} while (take(r, '|'));
	return n;
}

struct regex *regex_parse(struct arena *arena, const char *text, size_t len,
			  struct regex_error *err)
{
	struct reader r = { .arena = arena, .text = text, .len = len,
			    .n_groups = 1, .err = err };
	struct rx_node *n;
	struct regex *re;

	if (len > REGEX_MAX_TEXT) {
		fail(&r, REGEX_MAX_TEXT, "expression is too long");
		return NULL;
	}
	if (memchr(text, 0, len)) {
		fail(&r, strlen(text), "expression holds a NUL");
		return NULL;
	}
	n = read_either(&r);
	if (n && r.at < len)
		n = expected(&r, "end of regex");
	if (!n)
		return NULL;
	re = rx_code(arena, n, r.n_groups);
	if (!re)
		fail(&r, len, "expression is too large");
	return re;
}
