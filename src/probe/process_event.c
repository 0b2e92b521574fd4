/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What processes do: start and end, and that of their threads; system calls.
 *
 * A program is known by its file. A process starts when it takes a program, or
 * as the copy of one that runs it.
 */
#include "base/bug.h"
#include "probe/process.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/* The number of a system call comes behind its arguments. */
#define SYSCALL_ARGS 6

struct event_vars {
	struct scope_vars vars;
	struct arena *arena;
	bool calls; /* of system calls: has variables */
	const struct variable *known[SYSCALL_ARGS + 2];
	size_t n; /* arguments first */
};

static const struct variable *make(struct arena *a, const char *name,
				   enum place_op op, int64_t n)
{
	struct variable *v = arena_new(a, struct variable);

	v->name = name;
	v->at = place_new(a, op, n, NULL, NULL);
	v->in_register = true;
	return v;
}

static const struct variable *find(struct scope_vars *s, const char *name)
{
	struct event_vars *v = (struct event_vars *)s;
	size_t i;

	for (i = 0; i < v->n; i++)
		if (!strcmp(v->known[i]->name, name))
			return v->known[i];
	return NULL;
}

static const struct variable *const *list(struct scope_vars *s,
					  enum variable_kind kind, size_t *n)
{
	struct event_vars *v = (struct event_vars *)s;

	*n = 0;
	if (kind == VARIABLE_PARAMETER && v->calls && v->n > 2)
		*n = v->n - 1; /* all but $syscall */
	return v->known;
}

static const struct variable *result(struct scope_vars *s)
{
	return find(s, "return");
}

static void explain(struct scope_vars *s, const char *name, struct strbuf *out)
{
	struct event_vars *v = (struct event_vars *)s;
	size_t i;

	if (!v->calls) {
		strbuf_addstr(out, "only \"process(PATH_OR_PID).syscall\" and "
				   "\"process(PATH_OR_PID).syscall.return\" "
				   "probes support target symbols");
		return;
	}
	if (!strncmp(name, "arg", 3) && v->n > 2) {
		strbuf_addstr(out, "invalid syscall argument number (1-6)");
		return;
	}
	strbuf_addf(out, "unable to find utrace variable '$%s' (alternatives:",
		    name);
	for (i = 0; i < v->n; i++)
		strbuf_addf(out, "%s $%s", i ? "," : "", v->known[i]->name);
	strbuf_addch(out, ')');
}

static struct scope_vars *make_vars(struct arena *a, enum process_form form)
{
	static const struct scope_vars_ops ops = {
		.find = find, .list = list, .result = result, .explain = explain
	};
	struct event_vars *v = arena_new(a, struct event_vars);
	unsigned i;

	v->vars.ops = &ops;
	v->vars.user = true;
	v->arena = a;
	v->calls = form == PROCESS_SYSCALL || form == PROCESS_SYSRET;
	for (i = 0; form == PROCESS_SYSCALL && i < SYSCALL_ARGS; i++)
		v->known[v->n++] =
			make(a, arena_printf(a, "arg%u", i + 1), PLACE_ARG, i);
	if (form == PROCESS_SYSRET)
		v->known[v->n++] = make(a, "return", PLACE_RETVAL, 0);
	if (v->calls)
		v->known[v->n++] = make(a, "syscall", PLACE_ARG, SYSCALL_ARGS);
	return &v->vars;
}

/* Say whose events: of the program's file, of a process, of all. */
static bool set_owner(const struct process_query *q, struct resolved_probe *p)
{
	const struct ast_expr *arg = q->pt->comps.at[0].arg;
	struct stat st;

	if (!arg)
		return true;
	if (arg->kind == AST_NUMBER) {
		p->n1 = arg->num;
		return true;
	}
	if (stat(q->path, &st))
		return false;
	p->s0 = intern_str(q->r->names, q->path);
	p->n1 = (int64_t)st.st_ino;
	/* As the kernel has it: 12 bits and 20. */
	p->n2 = (int64_t)major(st.st_dev) << 20 | minor(st.st_dev);
	return true;
}

static void add(const struct process_query *q, enum attach_kind attach,
		int64_t n0)
{
	struct resolved_probe *p = process_add(q, attach, NULL, NULL);

	p->n0 = n0;
	p->vars = make_vars(q->r->arena, q->form);
	if (!set_owner(q, p))
		q->r->found.len--;
	else if (attach == ATTACH_SYSCALL || attach == ATTACH_SYSRET)
		p->s0 = intern_str(q->r->names, "*");
}

void process_events(const struct process_query *q)
{
	switch (q->form) {
	case PROCESS_BEGIN:
		add(q, ATTACH_EXEC, 0);
		add(q, ATTACH_FORKED, 0);
		return;
	case PROCESS_END:
		add(q, ATTACH_EXITED, 0);
		return;
	case PROCESS_THREAD_BEGIN:
		add(q, ATTACH_FORKED, 1);
		return;
	case PROCESS_THREAD_END:
		add(q, ATTACH_EXITED, 1);
		return;
	case PROCESS_SYSCALL:
		add(q, ATTACH_SYSCALL, -1);
		return;
	case PROCESS_SYSRET:
		add(q, ATTACH_SYSRET, -1);
		return;
	case PROCESS_FUNCTION:
	case PROCESS_RETURN:
	case PROCESS_INLINE:
	case PROCESS_CALL:
	case PROCESS_EXPORTED:
	case PROCESS_LABEL:
	case PROCESS_STATEMENT:
	case PROCESS_NEAREST:
	case PROCESS_ABSOLUTE:
	case PROCESS_MARK:
	case PROCESS_PLT:
	case PROCESS_PLT_RETURN:
		BUG("no event");
	}
}
