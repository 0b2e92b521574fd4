/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Static probes of a program (notes of <sys/sdt.h>). The arguments are $arg1 …
 * as long numbers, wherever the note says they are.
 */
#include "base/glob.h"
#include "base/memory.h"
#include "base/similar.h"
#include "probe/process.h"
#include "symbols/sdt.h"

#include <stdlib.h>
#include <string.h>

/* DWARF's number of the instruction pointer. */
#if defined(__x86_64__)
# define PC_REGISTER 16
#else
# define PC_REGISTER 32
#endif

struct mark_vars {
	struct scope_vars vars;
	struct arena *arena;
	const struct sdt_mark *mark;
	const struct variable *args[SDT_MAX_ARGS]; /* all made, or none */
};

static const struct place_expr *get_register(struct arena *a, int number)
{
	return place_new(a, PLACE_REGISTER,
			 number == SDT_PC ? PC_REGISTER : number, NULL, NULL);
}

static const struct place_expr *number(struct arena *a, int64_t n)
{
	return place_new(a, PLACE_NUMBER, n, NULL, NULL);
}

static const struct place_expr *get_address(struct arena *a,
					    const struct sdt_arg *arg)
{
	const struct place_expr *e = NULL, *index;

	if (arg->base >= 0)
		e = get_register(a, arg->base);
	if (arg->index >= 0) {
		index = get_register(a, arg->index);
		if (arg->scale > 1)
			index = place_new(a, PLACE_MUL, 0, index,
					  number(a, arg->scale));
		e = e ? place_new(a, PLACE_ADD, 0, e, index) : index;
	}
	if (!e)
		return number(a, arg->add);
	if (!arg->add)
		return e;
	return place_new(a, PLACE_ADD, 0, e, number(a, arg->add));
}

/* The value of an argument; NULL if its text cannot be read. */
static const struct place_expr *get_value(struct arena *a,
					  const struct sdt_arg *arg)
{
	int access = mem_of_bytes(arg->size);
	const struct place_expr *e;

	if (access < 0)
		return NULL;
	if (arg->is_signed)
		access |= MEM_SIGNED;
	switch (arg->kind) {
	case SDT_OPAQUE:
		return NULL;
	case SDT_CONST:
		return number(a,
			      mem_extend((unsigned)access, (uint64_t)arg->add));
	case SDT_REG:
		e = get_register(a, arg->base);
		if (arg->shift)
			e = place_new(a, PLACE_SHR, 0, e,
				      number(a, arg->shift));
		return place_new(a, PLACE_EXTEND, access, e, NULL);
	case SDT_MEMORY:
		return place_new(a, PLACE_READ, access | MEM_USER,
				 get_address(a, arg), NULL);
	}
	return NULL;
}

static void make_args(struct mark_vars *m)
{
	unsigned i;

	if (m->args[0])
		return;
	for (i = 0; i < m->mark->n_args; i++) {
		struct variable *v = arena_new(m->arena, struct variable);

		v->name = arena_printf(m->arena, "arg%u", i + 1);
		v->at = get_value(m->arena, &m->mark->args[i]);
		v->in_register = true;
		if (!v->at)
			v->why = arena_printf(
				m->arena,
				"SDT asm not understood, requires debuginfo "
				"[man error::sdt]: %s",
				m->mark->args[i].text);
		m->args[i] = v;
	}
}

static const struct variable *find(struct scope_vars *s, const char *name)
{
	struct mark_vars *m = (struct mark_vars *)s;
	unsigned i;

	make_args(m);
	for (i = 0; i < m->mark->n_args; i++)
		if (!strcmp(m->args[i]->name, name))
			return m->args[i];
	return NULL;
}

static const struct variable *const *list(struct scope_vars *s,
					  enum variable_kind kind, size_t *n)
{
	struct mark_vars *m = (struct mark_vars *)s;

	make_args(m);
	*n = kind == VARIABLE_PARAMETER ? m->mark->n_args : 0;
	return m->args;
}

static const struct variable *result(struct scope_vars *s)
{
	(void)s;
	return NULL;
}

static const char *text(struct scope_vars *s, const char *name)
{
	struct mark_vars *m = (struct mark_vars *)s;

	if (!strcmp(name, "name"))
		return m->mark->name;
	return strcmp(name, "provider") ? NULL : m->mark->provider;
}

static void explain(struct scope_vars *s, const char *name, struct strbuf *out)
{
	struct mark_vars *m = (struct mark_vars *)s;
	unsigned i;

	strbuf_addf(out,
		    "unable to find mark variable '%s' (alternatives:", name);
	for (i = 0; i < m->mark->n_args; i++)
		strbuf_addf(out, " $arg%u,", i + 1);
	strbuf_addstr(out, " $$name, $$parms, $$provider, $$vars)");
}

static struct scope_vars *make_vars(struct arena *a,
				    const struct sdt_mark *mark)
{
	static const struct scope_vars_ops ops = { .find = find,
						   .list = list,
						   .result = result,
						   .explain = explain,
						   .text = text };
	struct mark_vars *m = arena_new(a, struct mark_vars);

	m->vars.ops = &ops;
	m->vars.user = true;
	m->arena = a;
	m->mark = mark;
	return &m->vars;
}

/* --- */

static const sdt_marks *read_marks(const struct process_query *q)
{
	struct arena *a = q->r->arena;
	const char *key = arena_printf(a, "marks of %s", q->path);
	sdt_marks *marks = hmap_gets(&q->r->cache, key);
	struct elffile f;

	if (marks || !process_open(q, &f))
		return marks;
	marks = arena_new(a, sdt_marks);
	sdt_read(a, &f, marks);
	elffile_close(&f);
	hmap_puts(&q->r->cache, key, marks);
	return marks;
}

/* A dash in the script is two underscores in the program. */
static const char *without_dashes(struct arena *a, const char *name)
{
	struct strbuf out = STRBUF_INIT;
	const char *done;

	for (; *name; name++) {
		if (*name == '-')
			strbuf_addstr(&out, "__");
		else
			strbuf_addch(&out, *name);
	}
	done = arena_strndup(a, out.buf, out.len);
	strbuf_release(&out);
	return done;
}

static bool matches(const char *name, const char *plain, const char *mark)
{
	return glob_match(name, mark) || glob_match(plain, mark);
}

static void add(const struct process_query *q, const struct sdt_mark *m)
{
	struct process_query of = *q;
	struct resolved_probe *p;

	of.provider = m->provider;
	p = process_add_at(&of, "mark", m->name, false, m->offset, m->name);

	p->n1 = (int64_t)m->semaphore;
	p->vars = make_vars(q->r->arena, m);
}

void process_marks(const struct process_query *q)
{
	const char *name = process_string(q, "mark");
	const char *plain = without_dashes(q->r->arena, name);
	const char *provider = process_string(q, "provider");
	const sdt_marks *marks = read_marks(q);
	size_t before = q->r->found.len;
	struct similar near = { .want = name };
	const struct sdt_mark *m;

	if (!marks)
		return;
	vec_foreach(m, marks) {
		if (provider && !glob_match(provider, m->provider))
			continue;
		if (matches(name, plain, m->name))
			add(q, m);
		else
			similar_offer(&near, m->name);
	}
	if (q->r->found.len == before)
		process_hint(q->r, "mark", &near);
}
