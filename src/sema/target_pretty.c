/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Texts of C values (language.md 17.3): $x$, $x$$, $$vars and their like.
 *
 * What the text needs is read where the probe is, as numbers and strings that
 * are 0 or a marker where they cannot be read; a function of these alone makes
 * the text. So it can be made in user space when it is only printed.
 */
#include "sema/target.h"

#include "base/memory.h"
#include "lang/token.h"

#include <string.h>

#define MAX_LEAVES 32
#define MAX_VALUES 60
#define MAX_DEPTH  16
/* What a string that cannot be read is instead. */
#define UNREADABLE "\377\001"

struct pretty {
	const struct target *t;
	struct strbuf fmt;
	ast_exprs args;      /* of the format */
	ast_exprs values;    /* passed to the function */
	unsigned n_leaves;
	bool deep;
};

static struct sema *sema_of(const struct pretty *p)
{
	return p->t->p->s;
}

/* --- nodes --- */

static struct ast_expr *name_node(const struct target *t, const char *name)
{
	struct ast_expr *e = target_node(t, AST_NAME);

	e->name = intern_str(t->p->s->l->names, name);
	return e;
}

static struct ast_expr *text_node(const struct target *t, const char *text)
{
	struct ast_expr *e = target_node(t, AST_STRING);

	e->str = arena_strdup(t->p->s->arena, text);
	e->len = strlen(text);
	return e;
}

static struct ast_expr *call_node(const struct target *t, const char *name)
{
	struct ast_expr *e = target_node(t, AST_CALL);

	e->name = intern_str(t->p->s->l->names, name);
	return e;
}

static struct ast_expr *call2(const struct target *t, const char *name,
			      struct ast_expr *a, struct ast_expr *b)
{
	struct ast_expr *e = call_node(t, name);

	vec_push(t->p->s->arena, &e->list, a);
	vec_push(t->p->s->arena, &e->list, b);
	return e;
}

static struct ast_expr *call3(const struct target *t, const char *name,
			      struct ast_expr *a, struct ast_expr *b,
			      struct ast_expr *c)
{
	struct ast_expr *e = call2(t, name, a, b);

	vec_push(t->p->s->arena, &e->list, c);
	return e;
}

static struct ast_expr *sprintf_node(const struct target *t, const char *fmt,
				     const ast_exprs *args)
{
	struct ast_expr *e = target_node(t, AST_PRINT);

	e->print = PRINT_PRINTF;
	e->to_string = true;
	e->str = arena_strdup(t->p->s->arena, fmt);
	e->len = strlen(fmt);
	e->list = *args;
	return e;
}

static struct ast_expr *cond_node(const struct target *t, struct ast_expr *a,
				  struct ast_expr *b, struct ast_expr *c)
{
	struct ast_expr *e = target_node(t, AST_COND);

	e->a = a;
	e->b = b;
	e->c = c;
	return e;
}

static struct ast_expr *equal_node(const struct target *t, struct ast_expr *a,
				   struct ast_expr *b)
{
	struct ast_expr *e = target_node(t, AST_COMPARE);

	e->op = TOK_EQ;
	e->a = a;
	e->b = b;
	return e;
}

/* --- the function --- */

/* Pass a value to the function; what it is called in there. */
static struct ast_expr *parameter(struct pretty *p, struct ast_expr *value)
{
	char name[24];

	snprintf(name, sizeof(name), "p%zu", p->values.len);
	vec_push(sema_of(p)->arena, &p->values, value);
	return name_node(p->t, name);
}

static struct ast_stmt *stmt_node(struct pretty *p, enum ast_stmt_kind kind,
				  struct ast_expr *e)
{
	struct ast_stmt *st = arena_new(sema_of(p)->arena, struct ast_stmt);

	st->kind = kind;
	st->loc = p->t->form->loc;
	st->expr = e;
	return st;
}

static struct ast_expr *make_call(struct pretty *p, struct ast_expr *text)
{
	struct sema *s = sema_of(p);
	struct ast_function *f = arena_new(s->arena, struct ast_function);
	struct ast_expr *call;
	struct ast_param param = { .loc = p->t->form->loc };
	size_t i;

	f->loc = p->t->form->loc;
	f->name = intern_str(s->l->names,
			     arena_printf(s->arena, "__pretty_%u",
					  s->n_pretty++));
	f->type = TY_STRING;
	f->file = s->files.at[0];
	for (i = 0; i < p->values.len; i++) {
		param.name = intern_str(s->l->names,
					arena_printf(s->arena, "p%zu", i));
		vec_push(s->arena, &f->params, param);
	}
	f->body = stmt_node(p, AST_RETURN, text);
	call = call_node(p->t, f->name);
	call->list = p->values;
	call->fn = names_make_function(s, f);
	return call;
}

/* --- leaves --- */

static bool count_leaf(struct pretty *p)
{
	return p->n_leaves++ < MAX_LEAVES && p->values.len < MAX_VALUES;
}

static void add_number(struct pretty *p, const char *conversion,
		       struct ast_expr *value)
{
	strbuf_addstr(&p->fmt, conversion);
	vec_push(sema_of(p)->arena, &p->args, parameter(p, value));
}

/* A string at an address: quoted, or the address if it cannot be read. */
static void add_string(struct pretty *p, const struct target *v,
		       struct ast_expr *address, uint64_t most)
{
	const struct target *t = p->t;
	struct ast_expr *marker = text_node(t, UNREADABLE), *text;
	ast_exprs number = { 0 };
	const char *name, *bytes;

	/* The address is read twice: as the text, and to be shown. */
	if (most)
		text = call3(t, v->user ? "user_string_n2" : "kernel_string_n2",
			     clone_expr(sema_of(p)->arena, address),
			     target_number(t, (int64_t)most), marker);
	else
		text = call2(t, v->user ? "user_string2" : "kernel_string2",
			     clone_expr(sema_of(p)->arena, address), marker);
	bytes = parameter(p, text)->name;
	name = parameter(p, address)->name;
	vec_push(sema_of(p)->arena, &number, name_node(t, name));
	strbuf_addstr(&p->fmt, "%s");
	vec_push(sema_of(p)->arena, &p->args,
		 cond_node(t,
			   equal_node(t, name_node(t, bytes),
				      text_node(t, UNREADABLE)),
			   sprintf_node(t, "0x%x", &number),
			   call3(t, "text_strn", name_node(t, bytes),
				 target_number(t, 0), target_number(t, 1))));
}

/* Reads that are 0 where they cannot be done. */
static struct ast_expr *quiet_value(struct target *v)
{
	struct ast_expr *e = target_value(v), *at;

	for (at = e; at && at->kind == AST_BINARY; at = at->a)
		;
	if (at && at->kind == AST_CONTEXT && at->op == CONTEXT_READ &&
	    v->in_memory)
		at->op = CONTEXT_PEEK;
	return e;
}

static void add_value(struct pretty *p, struct target *v, unsigned depth);

static void add_pointer(struct pretty *p, struct target *v,
			const struct ctype *c, unsigned depth)
{
	const struct ctype *to = ctype_strip(ctype_target(c));
	struct ast_expr *value = quiet_value(v);

	if (!value)
		return;
	if (ctype_is_char(to) && to->name && strstr(to->name, "char")) {
		add_string(p, v, value, 0);
		return;
	}
	if (to->kind == CTYPE_FUNCTION && !depth)
		strbuf_addstr(&p->fmt, "<function>:");
	add_number(p, "%p", value);
}

static void add_members(struct pretty *p, struct target *v,
			const struct ctype *c, unsigned depth)
{
	const struct ctype_member *m;
	size_t n, i;

	m = ctype_members(c, &n);
	strbuf_addch(&p->fmt, '{');
	for (i = 0; i < n; i++) {
		struct target inner = *v;

		if (i)
			strbuf_addstr(&p->fmt, ", ");
		if (p->n_leaves >= MAX_LEAVES || p->values.len >= MAX_VALUES) {
			strbuf_addstr(&p->fmt, "...");
			break;
		}
		inner.expr = clone_expr(sema_of(p)->arena, v->expr);
		inner.offset = NULL;
		if (m[i].name)
			strbuf_addf(&p->fmt, ".%s=", m[i].name);
		else
			strbuf_addf(&p->fmt, "<%s>=",
				    ctype_strip(m[i].type)->kind == CTYPE_UNION
					    ? "union"
				    : ctype_strip(m[i].type)->kind ==
						    CTYPE_CLASS
					    ? "class"
					    : "struct");
		target_enter(&inner, v->type, &m[i]);
		add_value(p, &inner, depth + 1);
	}
	strbuf_addch(&p->fmt, '}');
}

static void add_array(struct pretty *p, struct target *v, const struct ctype *c,
		      unsigned depth)
{
	const struct ctype *elem = ctype_strip(ctype_target(c));

	if (ctype_is_char(elem) && elem->name && strstr(elem->name, "char")) {
		if (count_leaf(p))
			add_string(p, v, v->expr, c->n_elems);
		return;
	}
	strbuf_addch(&p->fmt, '[');
	v->type = ctype_target(c);
	add_value(p, v, depth + 1);
	strbuf_addstr(&p->fmt, c->n_elems == 1 ? "]" : ", ...]");
}

static void add_scalar(struct pretty *p, struct target *v,
		       const struct ctype *c, unsigned depth)
{
	struct ast_expr *value;

	if (!count_leaf(p)) {
		strbuf_addstr(&p->fmt, "...");
		return;
	}
	if (v->type && c->kind == CTYPE_POINTER) {
		add_pointer(p, v, c, depth);
		return;
	}
	if (v->type && (c->kind == CTYPE_FLOAT || c->kind == CTYPE_VOID ||
			c->kind == CTYPE_FUNCTION)) {
		strbuf_addch(&p->fmt, '?');
		return;
	}
	value = quiet_value(v);
	if (!value)
		strbuf_addch(&p->fmt, '?');
	else if (v->type && ctype_is_char(c) && !v->bits)
		add_number(p, "'%#c'", value);
	else if (v->type && (c->kind == CTYPE_ENUM || !c->is_signed))
		add_number(p, c->is_bool ? "%i" : "%u", value);
	else
		add_number(p, "%i", value);
}

static void add_value(struct pretty *p, struct target *v, unsigned depth)
{
	const struct ctype *c = ctype_strip(v->type);
	bool hidden = depth > MAX_DEPTH || (depth && !p->deep);

	if (ctype_is_struct(c) && v->in_memory) {
		if (hidden)
			strbuf_addstr(&p->fmt, "{...}");
		else
			add_members(p, v, c, depth);
	} else if (c->kind == CTYPE_ARRAY && v->in_memory) {
		if (hidden && !ctype_is_char(ctype_target(c)))
			strbuf_addstr(&p->fmt, "[...]");
		else
			add_array(p, v, c, depth);
	} else {
		add_scalar(p, v, c, depth);
	}
}

/* --- whole values --- */

/* A pointer to an aggregate is followed once. */
static void follow_pointer(struct target *t)
{
	const struct ctype *to;

	if (ctype_strip(t->type)->kind != CTYPE_POINTER)
		return;
	to = ctype_target(ctype_strip(t->type));
	if (!ctype_is_struct(to) && ctype_strip(to)->kind != CTYPE_ARRAY)
		return;
	t->expr = quiet_value(t);
	t->in_memory = true;
	t->bits = 0;
	t->offset = NULL;
	t->type = to;
}

/* Put the address into a variable, since it is used once a member; gives the
 * test whether there is something to read. */
static struct ast_expr *hold_address(struct target *t)
{
	struct sema *s = t->p->s;
	struct ast_expr *assign = target_node(t, AST_ASSIGN), *test;
	char name[32];

	snprintf(name, sizeof(name), "__base_%u", s->n_pretty);
	assign->op = TOK_ASSIGN;
	assign->a = name_node(t, name);
	assign->b = t->expr;
	t->expr = name_node(t, name);
	t->offset = NULL;
	test = target_node(t, AST_CONTEXT);
	test->op = CONTEXT_READABLE;
	test->num = MEM_8 | (t->user ? MEM_USER : 0);
	test->a = assign;
	return test;
}

/* Add what a target is to the text of p. Its validity test, or NULL. */
static struct ast_expr *add_target(struct pretty *p, struct target *t)
{
	struct ast_expr *test = NULL;

	follow_pointer(t);
	if (!t->expr)
		return NULL;
	if (t->in_memory)
		test = hold_address(t);
	add_value(p, t, 0);
	return test;
}

struct ast_expr *target_pretty(struct target *t, bool deep)
{
	struct pretty p = { .t = t, .fmt = STRBUF_INIT, .deep = deep };
	struct ast_expr *ok = NULL, *test, *text;
	ast_exprs values = { 0 };
	struct ast_expr **e;

	vec_push(t->p->s->arena, &p.values, NULL); /* the test's place */
	test = add_target(&p, t);
	if (!t->expr)
		return NULL;
	text = sprintf_node(t, p.fmt.buf, &p.args);
	strbuf_release(&p.fmt);
	if (test) {
		p.values.at[0] = test;
		ok = name_node(t, "p0");
		text = cond_node(t, ok, text, text_node(t, "ERROR"));
	} else {
		p.values.at[0] = target_number(t, 1);
	}
	vec_foreach(e, &p.values)
		vec_push(t->p->s->arena, &values, *e);
	p.values = values;
	return make_call(&p, text);
}

/* --- listings --- */

struct listing {
	const struct target_place *p;
	const struct ast_expr *form;
	struct strbuf fmt;
	ast_exprs args;
};

/* One variable: "name=", and its number or text. */
static void list_variable(struct listing *l, const char *name)
{
	struct target_place quiet = *l->p;
	struct target t = { .p = l->p, .form = l->form };
	struct ast_expr *e = target_node(&t, AST_TARGET);
	struct sema *s = l->p->s;
	struct ast_expr plain;

	quiet.quiet = true;
	e->name = intern_str(s->l->names, arena_printf(s->arena, "$%s", name));
	strbuf_addf(&l->fmt, "%s%s=", l->fmt.len ? " " : "", name);
	plain = *e;
	e->pretty = l->form->pretty;
	if (target_read(&quiet, e)) {
		strbuf_addstr(&l->fmt, e->pretty || l->form->pretty
					       ? "%s" : "0x%x");
		vec_push(s->arena, &l->args, e);
		return;
	}
	/* Aggregates have no number. */
	plain.addressof = true;
	strbuf_addstr(&l->fmt, target_read(&quiet, &plain) ? "{...}" : "?");
}

static void list_kind(struct listing *l, enum variable_kind kind)
{
	struct scope_vars *vars = l->p->at->vars;
	const struct variable *const *v;
	size_t n, i;

	v = vars->ops->list(vars, kind, &n);
	for (i = 0; i < n; i++)
		list_variable(l, v[i]->name);
}

bool target_listing(const struct target_place *p, struct ast_expr *e)
{
	struct scope_vars *vars = p->at ? p->at->vars : NULL;
	const struct ast_expr form = *e;
	struct listing l = { .p = p, .form = &form, .fmt = STRBUF_INIT };
	struct target t = { .p = p, .form = &form };
	const char *what = e->name + 2;
	bool vars_too = !strcmp(what, "vars");

	if (!vars || (!vars_too && strcmp(what, "parms") &&
		      strcmp(what, "locals") && strcmp(what, "return"))) {
		if (!p->quiet)
			diag_error(p->s->diag, e->loc, TARGET_NO_CONTEXT);
		return false;
	}
	if (vars_too || !strcmp(what, "parms"))
		list_kind(&l, VARIABLE_PARAMETER);
	if (vars_too || !strcmp(what, "locals"))
		list_kind(&l, VARIABLE_LOCAL);
	if (!strcmp(what, "return") && vars->ops->result(vars))
		list_variable(&l, "return");
	*e = *sprintf_node(&t, l.fmt.buf, &l.args);
	strbuf_release(&l.fmt);
	return true;
}

/* --- names of constants --- */

struct ast_expr *target_enumname(struct target *t, struct ast_expr *value,
				 const struct ctype_constant *c, size_t n)
{
	struct pretty p = { .t = t };
	struct ast_expr *v = parameter(&p, value), *text;
	ast_exprs number = { 0 };

	vec_push(t->p->s->arena, &number, v);
	text = sprintf_node(t, "%d", &number);
	while (n-- > 0)
		text = cond_node(t,
				 equal_node(t, name_node(t, v->name),
					    target_number(t, c[n].value)),
				 text_node(t, c[n].name), text);
	return make_call(&p, text);
}
