/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The type model's look-ups. Types come from files that are not trusted, and may
 * contain themselves: every walk is bounded.
 */
#include "symbols/ctype.h"

#include <string.h>

#define MAX_DEPTH 32
#define MAX_WALK 100000 /* members looked at for one name */
#define MAX_PRINT 256   /* types in one text */

static const struct ctype void_type = { .kind = CTYPE_VOID,
					.completed = true };

static const struct ctype *complete(const struct ctype *t)
{
	/* Only sources make nodes, in their own memory: they may be written. */
	struct ctype *own = (struct ctype *)(uintptr_t)t;

	if (!t || t->completed)
		return t;
	own->completed = true;
	t->source->ops->complete(own);
	return t;
}

static bool wraps(const struct ctype *t)
{
	return t->kind == CTYPE_TYPEDEF || t->kind == CTYPE_CONST ||
	       t->kind == CTYPE_VOLATILE || t->kind == CTYPE_QUALIFIED;
}

const struct ctype *ctype_strip(const struct ctype *t)
{
	int depth;

	for (depth = 0; t && wraps(t) && depth < MAX_DEPTH; depth++)
		t = complete(t)->target;
	return t && !wraps(t) ? t : &void_type;
}

const struct ctype *ctype_target(const struct ctype *t)
{
	return t ? complete(t)->target : NULL;
}

const struct ctype_member *ctype_members(const struct ctype *t, size_t *n)
{
	t = complete(ctype_strip(t));
	*n = t->members.len;
	return t->members.at;
}

const struct ctype_constant *ctype_constants(const struct ctype *t, size_t *n)
{
	t = complete(ctype_strip(t));
	*n = t->constants.len;
	return t->constants.at;
}

uint64_t ctype_size(const struct ctype *t)
{
	uint64_t n = 1;
	int depth;

	for (depth = 0; depth < MAX_DEPTH; depth++) {
		t = ctype_strip(t);
		if (t->kind != CTYPE_ARRAY)
			return __builtin_mul_overflow(n, t->size, &n) ? 0 : n;
		if (__builtin_mul_overflow(n, t->n_elems, &n))
			return 0;
		t = ctype_target(t);
	}
	return 0;
}

bool ctype_is_struct(const struct ctype *t)
{
	t = ctype_strip(t);
	return t->kind == CTYPE_STRUCT || t->kind == CTYPE_UNION ||
	       t->kind == CTYPE_CLASS;
}

bool ctype_is_char(const struct ctype *t)
{
	t = ctype_strip(t);
	return t->kind == CTYPE_INT && t->size == 1 && t->is_char;
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

bool ctype_same(const struct ctype *a, const struct ctype *b)
{
	int depth;

	for (depth = 0; depth < MAX_DEPTH; depth++) {
		a = ctype_strip(a);
		b = ctype_strip(b);
		if (a == b)
			return true;
		if (a->kind != b->kind || a->size != b->size ||
		    a->is_signed != b->is_signed ||
		    a->n_elems != b->n_elems || !same_text(a->name, b->name))
			return false;
		if (a->kind != CTYPE_POINTER && a->kind != CTYPE_ARRAY)
			return a->name || a->kind == CTYPE_VOID ||
			       (a->source == b->source && a->id == b->id);
		a = ctype_target(a);
		b = ctype_target(b);
	}
	return false;
}

/* --- members --- */

static bool find_member(const struct ctype *t, const char *name,
			struct ctype_path *path, unsigned *left)
{
	const struct ctype_member *m;
	size_t n, i;

	m = ctype_members(t, &n);
	for (i = 0; i < n && *left; i++) {
		(*left)--;
		if (m[i].name && !strcmp(m[i].name, name)) {
			path->step[path->n++] = &m[i];
			return true;
		}
	}
	for (i = 0; i < n && *left; i++) {
		if ((m[i].name && !m[i].base) || !ctype_is_struct(m[i].type) ||
		    path->n + 1 >= CTYPE_MAX_PATH)
			continue;
		path->step[path->n++] = &m[i];
		if (find_member(m[i].type, name, path, left))
			return true;
		path->n--;
	}
	return false;
}

bool ctype_find_member(const struct ctype *t, const char *name,
		       struct ctype_path *path)
{
	unsigned left = MAX_WALK, i;

	path->n = 0;
	path->bit_offset = 0;
	if (!ctype_is_struct(t) || !find_member(t, name, path, &left))
		return false;
	for (i = 0; i < path->n; i++)
		path->bit_offset += path->step[i]->bit_offset;
	return true;
}

static void each_member(const struct ctype *t,
			void (*fn)(void *ctx, const char *name), void *ctx,
			unsigned depth, unsigned *left)
{
	const struct ctype_member *m;
	size_t n, i;

	m = ctype_members(t, &n);
	for (i = 0; i < n && *left; i++) {
		(*left)--;
		if (m[i].name && !m[i].base)
			fn(ctx, m[i].name);
		else if (depth + 1 < CTYPE_MAX_PATH &&
			 ctype_is_struct(m[i].type))
			each_member(m[i].type, fn, ctx, depth + 1, left);
	}
}

void ctype_each_member(const struct ctype *t,
		       void (*fn)(void *ctx, const char *name), void *ctx)
{
	unsigned left = MAX_WALK;

	if (ctype_is_struct(t))
		each_member(t, fn, ctx, 0, &left);
}

/* --- by text --- */

static bool take_word(const char **s, const char *end, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(end - *s) <= n || strncmp(*s, word, n) || (*s)[n] != ' ')
		return false;
	for (*s += n; *s < end && **s == ' '; (*s)++)
		;
	return true;
}

const struct ctype *ctype_find(struct ctype_source *s, const char *text,
			       unsigned *pointers)
{
	const char *end = text + strlen(text);
	static const enum ctype_kind tags[] = { CTYPE_STRUCT, CTYPE_UNION,
						CTYPE_CLASS, CTYPE_ENUM };
	enum ctype_kind tag = CTYPE_TYPEDEF;
	const struct ctype *found;
	char name[256];
	size_t i;
	size_t len;

	*pointers = 0;
	while (*text == ' ')
		text++;
	while (end > text && (end[-1] == '*' || end[-1] == ' '))
		*pointers += *--end == '*';
	if (take_word(&text, end, "struct"))
		tag = CTYPE_STRUCT;
	else if (take_word(&text, end, "union"))
		tag = CTYPE_UNION;
	else if (take_word(&text, end, "class"))
		tag = CTYPE_CLASS;
	else if (take_word(&text, end, "enum"))
		tag = CTYPE_ENUM;
	len = (size_t)(end - text);
	if (!len || len >= sizeof(name))
		return NULL;
	memcpy(name, text, len);
	name[len] = 0;
	found = s->ops->find(s, tag, name);
	/* A bare name may be a tag, too. */
	for (i = 0; !found && tag == CTYPE_TYPEDEF && i < 4; i++)
		found = s->ops->find(s, tags[i], name);
	return found;
}

/* --- as text --- */

struct printer {
	struct strbuf *out;
	unsigned left; /* types that may still be printed */
};

static void print(const struct ctype *t, struct printer *p, int depth);

static void print_name(const char *tag, const struct ctype *t,
		       struct printer *p)
{
	strbuf_addstr(p->out, tag);
	strbuf_addstr(p->out, t->name ? t->name : "{...}");
}

static void print_params(const struct ctype *fn, struct printer *p, int depth)
{
	const struct ctype_member *m;
	size_t n, i;

	m = ctype_members(fn, &n);
	strbuf_addch(p->out, '(');
	for (i = 0; i < n && i < 64; i++) {
		if (i)
			strbuf_addstr(p->out, ", ");
		print(m[i].type, p, depth + 1);
	}
	strbuf_addch(p->out, ')');
}

static void print_dimensions(const struct ctype *t, struct printer *p)
{
	int depth;

	for (depth = 0; t && t->kind == CTYPE_ARRAY && depth < MAX_DEPTH;
	     depth++) {
		if (t->n_elems)
			strbuf_addf(p->out, "[%llu]",
				    (unsigned long long)t->n_elems);
		else
			strbuf_addstr(p->out, "[]");
		t = ctype_target(t);
	}
}

static const struct ctype *innermost(const struct ctype *t)
{
	int depth;

	for (depth = 0; t && t->kind == CTYPE_ARRAY && depth < MAX_DEPTH;
	     depth++)
		t = ctype_target(t);
	return t;
}

static void print_pointer(const struct ctype *t, struct printer *p, int depth)
{
	const struct ctype *to = ctype_target(t);

	if (to && to->kind == CTYPE_FUNCTION) {
		print(ctype_target(to), p, depth + 1);
		strbuf_addstr(p->out, " (*)");
		print_params(to, p, depth + 1);
	} else if (to && to->kind == CTYPE_ARRAY) {
		print(innermost(to), p, depth + 1);
		strbuf_addstr(p->out, " (*)");
		print_dimensions(to, p);
	} else {
		print(to, p, depth + 1);
		strbuf_addch(p->out, '*');
	}
}

static void print_qualified(const struct ctype *t, const char *word,
			    struct printer *p, int depth)
{
	print(ctype_target(t), p, depth + 1);
	strbuf_addstr(p->out, word);
}

static void print(const struct ctype *t, struct printer *p, int depth)
{
	if (depth > MAX_DEPTH || !p->left) {
		strbuf_addstr(p->out, "...");
		return;
	}
	p->left--;
	switch (t ? t->kind : CTYPE_VOID) {
	case CTYPE_VOID:
		strbuf_addstr(p->out, "void");
		break;
	case CTYPE_INT:
	case CTYPE_FLOAT:
	case CTYPE_TYPEDEF:
		strbuf_addstr(p->out, t->name ? t->name : "?");
		break;
	case CTYPE_ENUM:
		print_name("enum ", t, p);
		break;
	case CTYPE_STRUCT:
		print_name("struct ", t, p);
		break;
	case CTYPE_UNION:
		print_name("union ", t, p);
		break;
	case CTYPE_CLASS:
		print_name("class ", t, p);
		break;
	case CTYPE_POINTER:
		print_pointer(t, p, depth);
		break;
	case CTYPE_ARRAY:
		print(innermost(t), p, depth + 1);
		print_dimensions(t, p);
		break;
	case CTYPE_FUNCTION:
		print(ctype_target(t), p, depth + 1);
		print_params(t, p, depth + 1);
		break;
	case CTYPE_CONST:
		print_qualified(t, " const", p, depth);
		break;
	case CTYPE_VOLATILE:
		print_qualified(t, " volatile", p, depth);
		break;
	case CTYPE_QUALIFIED:
		print_qualified(t, "", p, depth);
		break;
	}
}

void ctype_print(const struct ctype *t, struct strbuf *out)
{
	struct printer p = { .out = out, .left = MAX_PRINT };

	print(t, &p, 0);
}
