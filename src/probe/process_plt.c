/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stubs of a program: calls of functions in shared libraries. */
#include "base/glob.h"
#include "base/similar.h"
#include "probe/process.h"
#include "symbols/plt.h"

static void hint_similar(const struct process_query *q, const char *name,
			 const plt_stubs *stubs)
{
	struct similar near = { .want = name };
	const struct plt_stub *s;

	vec_foreach(s, stubs)
		similar_offer(&near, s->name);
	process_hint(q->r, "functions", &near);
}

/* The point names a stub even where the script names none. */
static void add(const struct process_query *q, const struct plt_stub *s)
{
	struct resolved_probe *p =
		process_add_at(q, "plt", s->name, q->form == PROCESS_PLT_RETURN,
			       s->offset, s->name);

	p->vars = process_names(q->r->arena, "name", s->name);
}

void process_stubs(const struct process_query *q)
{
	const char *name = process_string(q, "plt");
	plt_stubs stubs = { 0 };
	const struct plt_stub *s;
	struct elffile f;
	bool known;

	if (!process_open(q, &f))
		return;
	known = plt_read(q->r->arena, &f, &stubs);
	elffile_close(&f);
	if (!known) {
		resolve_error(q->r, process_component(q, "plt")->loc,
			      PROCESS_UNREADABLE,
			      ".plt is not supported on this architecture");
		return;
	}
	vec_foreach(s, &stubs)
		if (glob_match(name ? name : "*", s->name))
			add(q, s);
	if (name && !q->r->found.len)
		hint_similar(q, name, &stubs);
}
