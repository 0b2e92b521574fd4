/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The forms that reach into a probe's context: where each starts, and what comes
 * of it. Steps and types are in target_type.c, texts in target_pretty.c.
 */
#include "sema/target.h"

#include "base/bug.h"
#include "base/memory.h"
#include "lang/token.h"

#include <stdlib.h>
#include <string.h>

/* More steps than any structure has levels. */
#define MAX_STEPS 64

static struct scope_vars *vars_of(const struct target_place *p)
{
	return p->at ? p->at->vars : NULL;
}

#define complain(p, loc, tag, ...)                                            \
	do {                                                                  \
		if (!(p)->quiet)                                              \
			diag_error((p)->s->diag, (loc), tag, ##__VA_ARGS__);  \
	} while (0)

/* --- places to expressions --- */

static const uint16_t place_tokens[] = {
	[PLACE_ADD] = TOK_PLUS,  [PLACE_SUB] = TOK_MINUS,
	[PLACE_MUL] = TOK_STAR,  [PLACE_DIV] = TOK_SLASH,
	[PLACE_MOD] = TOK_PERCENT, [PLACE_AND] = TOK_AMP,
	[PLACE_OR] = TOK_PIPE,   [PLACE_XOR] = TOK_CARET,
	[PLACE_SHL] = TOK_SHL,   [PLACE_SHR] = TOK_USHR,
	[PLACE_SAR] = TOK_SHR,   [PLACE_EQ] = TOK_EQ,
	[PLACE_NE] = TOK_NE,     [PLACE_LT] = TOK_LT,
	[PLACE_LE] = TOK_LE,     [PLACE_GT] = TOK_GT,
	[PLACE_GE] = TOK_GE,
};

static struct ast_expr *context_node(const struct target *t,
				     enum ast_context op, int64_t n)
{
	struct ast_expr *e = target_node(t, AST_CONTEXT);

	e->op = (uint16_t)op;
	e->num = n;
	return e;
}

static struct ast_expr *place_to_expr(const struct target *t,
				      const struct place_expr *p);

static struct ast_expr *place_binary(const struct target *t,
				     const struct place_expr *p)
{
	struct ast_expr *e = target_binary(t, place_tokens[p->op],
					   place_to_expr(t, p->a),
					   place_to_expr(t, p->b));

	if (p->op >= PLACE_EQ && p->op <= PLACE_GE && e->kind == AST_BINARY)
		e->kind = AST_COMPARE;
	return e;
}

static struct ast_expr *place_extend(const struct target *t,
				     const struct place_expr *p)
{
	unsigned shift = 64 - 8 * mem_bytes((unsigned)p->n);
	struct ast_expr *a = place_to_expr(t, p->a);

	if (!shift)
		return a;
	a = target_binary(t, TOK_SHL, a, target_number(t, shift));
	return target_binary(t, p->n & MEM_SIGNED ? TOK_SHR : TOK_USHR, a,
			     target_number(t, shift));
}

static struct ast_expr *place_to_expr(const struct target *t,
				      const struct place_expr *p)
{
	struct ast_expr *e;

	switch (p->op) {
	case PLACE_NUMBER:
		return target_number(t, p->n);
	case PLACE_ARG:
		return context_node(t, CONTEXT_ARG, p->n);
	case PLACE_RETVAL:
		return context_node(t, CONTEXT_RETVAL, 0);
	case PLACE_REGISTER:
		return context_node(t, CONTEXT_REGISTER, p->n);
	case PLACE_READ:
		return target_load(t, place_to_expr(t, p->a), (unsigned)p->n);
	case PLACE_EXTEND:
		return place_extend(t, p);
	case PLACE_NEG:
	case PLACE_NOT:
		e = target_node(t, AST_UNARY);
		e->op = p->op == PLACE_NEG ? TOK_MINUS : TOK_TILDE;
		e->a = place_to_expr(t, p->a);
		return e;
	case PLACE_ADD: case PLACE_SUB: case PLACE_MUL: case PLACE_DIV:
	case PLACE_MOD: case PLACE_AND: case PLACE_OR: case PLACE_XOR:
	case PLACE_SHL: case PLACE_SHR: case PLACE_SAR: case PLACE_EQ:
	case PLACE_NE: case PLACE_LT: case PLACE_LE: case PLACE_GT:
	case PLACE_GE:
		break;
	}
	return place_binary(t, p);
}

/* --- where forms start --- */

static bool start_variable(struct target *t, const struct variable *v,
			   const char *name)
{
	const struct target_place *p = t->p;

	if (!v->at) {
		complain(p, t->form->loc, TARGET_UNKNOWN,
			 v->why ? v->why
				: arena_printf(p->s->arena,
					       "%s is not accessible", name));
		return false;
	}
	t->type = v->type;
	t->in_memory = !v->in_register;
	t->expr = place_to_expr(t, v->at);
	return true;
}

static bool start_return(struct target *t)
{
	struct scope_vars *vars = vars_of(t->p);
	const struct variable *v = vars->ops->result(vars);

	if (v)
		return start_variable(t, v, "$return");
	if (vars->is_return)
		complain(t->p, t->form->loc, TARGET_RETURN,
			 vars->function ? vars->function : "");
	else
		complain(t->p, t->form->loc, TARGET_NO_CONTEXT);
	return false;
}

static bool start_named(struct target *t)
{
	const struct target_place *p = t->p;
	struct scope_vars *vars = vars_of(p);
	const char *name = t->form->name + 1;
	struct strbuf why = STRBUF_INIT;
	const struct variable *v;

	if (!vars) {
		complain(p, t->form->loc, TARGET_NO_CONTEXT);
		return false;
	}
	t->user = vars->user;
	if (!strcmp(name, "return"))
		return start_return(t);
	v = vars->ops->find(vars, name);
	if (v)
		return start_variable(t, v, t->form->name);
	if (!p->quiet) {
		vars->ops->explain(vars, name, &why);
		complain(p, t->form->loc, TARGET_UNKNOWN, why.buf);
		strbuf_release(&why);
	}
	return false;
}

/* The types of one module of a list: kernel, kernel<header>, a module. */
static struct ctype_source *open_module(const struct target_place *p,
					const char *name, size_t len)
{
	const char *copy = arena_strndup(p->s->arena, name, len);
	struct scope_vars *vars = vars_of(p);

	if (!strncmp(copy, "kernel", 6) && (!copy[6] || copy[6] == '<'))
		return resolver_types(p->s->resolver, NULL);
	if (vars && vars->types && !strcmp(vars->types->name, copy))
		return vars->types;
	return resolver_types(p->s->resolver, copy);
}

/* Look a type up in the modules of a list, or where the probe is. */
static const struct ctype *find_type(const struct target_place *p,
				     struct loc loc, const char *text,
				     const char *modules, unsigned *stars,
				     struct ctype_source **source)
{
	struct scope_vars *vars = vars_of(p);
	const struct ctype *type = NULL;
	const char *at, *end;

	if (!modules && vars && vars->types) {
		*source = vars->types;
		type = ctype_find(*source, text, stars);
	}
	for (at = modules ? modules : "kernel"; !type && *at; at = end) {
		end = strchrnul(at, ':');
		*source = open_module(p, at, (size_t)(end - at));
		if (*source)
			type = ctype_find(*source, text, stars);
		end += *end == ':';
	}
	if (!type)
		complain(p, loc, TARGET_TYPE, text,
			 modules ? modules
				 : vars && vars->types ? vars->types->name
						       : "kernel");
	return type;
}

static bool start_cast(struct target *t)
{
	const struct target_place *p = t->p;
	struct ctype_source *source = NULL;
	const struct ctype *type;
	unsigned stars;

	type = find_type(p, t->form->loc, t->form->str, t->form->str2, &stars,
			 &source);
	if (!type)
		return false;
	t->user = !source->kernel;
	t->expr = t->form->a;
	/* A pointer to T, or the T* that was asked for. */
	while (stars > 1) {
		type = target_pointer(p->s, type);
		stars--;
	}
	if (!stars && ctype_strip(type)->kind == CTYPE_POINTER)
		t->type = type;
	else
		t->type = target_pointer(p->s, type);
	return true;
}

static bool start_global(struct target *t)
{
	const struct target_place *p = t->p;
	struct scope_vars *vars = vars_of(p);
	const char *file = strchr(t->form->str, '@');
	const char *name = t->form->str;
	const struct variable *v = NULL;

	if (file)
		name = arena_strndup(p->s->arena, name, (size_t)(file - name));
	if (vars && vars->ops->global) {
		t->user = vars->user;
		v = vars->ops->global(vars, name, file ? file + 1 : NULL);
	}
	if (v)
		return start_variable(t, v, name);
	complain(p, t->form->loc, TARGET_UNKNOWN,
		 arena_printf(p->s->arena, "unable to find global '%s' in %s",
			      name,
			      t->form->str2 ? t->form->str2
			      : vars && vars->types ? vars->types->name
						    : "kernel"));
	return false;
}

static bool start_typed(struct target *t)
{
	const struct ctype *type = t->form->a->ctype;

	if (!type) {
		complain(t->p, t->form->loc, AUTOCAST_TYPE);
		return false;
	}
	t->type = type;
	t->user = type->source && !type->source->kernel;
	t->expr = t->form->a;
	return true;
}

static bool start(struct target *t)
{
	switch ((int)t->form->kind) {
	case AST_TARGET:
		return start_named(t);
	case AST_CAST:
		return start_cast(t);
	case AST_ATVAR:
		return start_global(t);
	case AST_AUTOCAST:
		return start_typed(t);
	}
	BUG("expression kind %d is no target form", (int)t->form->kind);
}

static bool walk(struct target *t)
{
	const struct ast_step *step;

	if (t->form->steps.len > MAX_STEPS) {
		complain(t->p, t->form->loc, NESTING, MAX_STEPS);
		return false;
	}
	if (!start(t))
		return false;
	vec_foreach(step, &t->form->steps)
		if (!target_step(t, step))
			return false;
	return true;
}

/* --- what comes of them --- */

static bool finish(struct ast_expr *e, struct ast_expr *value,
		   const struct ctype *type)
{
	struct loc loc = e->loc;

	if (!value)
		return false;
	*e = *value;
	e->loc = loc;
	e->ctype = type;
	return true;
}

static struct ast_expr *address_of(struct target *t)
{
	if (t->bits) {
		complain(t->p, t->form->loc, TARGET_ADDRESS_BITS);
		return NULL;
	}
	if (!t->in_memory) {
		complain(t->p, t->form->loc, TARGET_ADDRESS_REGISTER);
		return NULL;
	}
	return t->expr;
}

/* The type that the number stands for: arrays give the address of their first
 * element. */
static const struct ctype *type_of_value(struct target *t)
{
	const struct ctype *c = ctype_strip(t->type);

	if (c->kind == CTYPE_ARRAY)
		return target_pointer(t->p->s, ctype_target(c));
	return t->type;
}

static bool is_text(const struct scope_vars *vars, const char *name)
{
	return vars && vars->ops->text && !strncmp(name, "$$", 2) &&
	       strcmp(name, "$$vars") && strcmp(name, "$$parms") &&
	       strcmp(name, "$$locals") && strcmp(name, "$$return");
}

/* $$name and $$system. */
static bool read_text(const struct target_place *p, struct ast_expr *e)
{
	struct scope_vars *vars = vars_of(p);
	const char *text = vars->ops->text(vars, e->name + 2);
	struct strbuf why = STRBUF_INIT;

	if (!text) {
		if (!p->quiet) {
			vars->ops->explain(vars, e->name + 1, &why);
			complain(p, e->loc, TARGET_UNKNOWN, why.buf);
			strbuf_release(&why);
		}
		return false;
	}
	*e = (struct ast_expr){ .kind = AST_STRING,
				.loc = e->loc,
				.str = text,
				.len = strlen(text) };
	return true;
}

bool target_read(const struct target_place *p, struct ast_expr *e)
{
	const struct ast_expr form = *e;
	struct target t = { .p = p, .form = &form };

	if (e->kind == AST_TARGET && !strncmp(e->name, "$$", 2)) {
		if (is_text(vars_of(p), e->name))
			return read_text(p, e);
		return target_listing(p, e);
	}
	if (e->kind == AST_TARGET && vars_of(p) && vars_of(p)->is_return &&
	    p->at->entry && strcmp(e->name, "$return"))
		return entry_capture(p, e);
	if (!walk(&t))
		return false;
	if (form.pretty)
		return finish(e, target_pretty(&t, form.pretty > 1), NULL);
	if (form.addressof)
		return finish(e, address_of(&t),
			      target_pointer(p->s, t.type));
	return finish(e, target_value(&t), type_of_value(&t));
}

bool target_write(const struct target_place *p, struct ast_expr *e, unsigned op)
{
	const struct ast_expr form = *e;
	struct target t = { .p = p, .form = &form };
	int access;

	if (!p->s->env->guru) {
		complain(p, e->loc, TARGET_WRITE_GURU);
		return false;
	}
	if (op != TOK_ASSIGN) {
		complain(p, e->loc, TARGET_WRITE_OPERATOR);
		return false;
	}
	if (form.pretty) {
		complain(p, e->loc, TARGET_WRITE_PRETTY);
		return false;
	}
	if (!walk(&t))
		return false;
	access = t.in_memory && !t.bits ? target_access(&t, t.type) : -1;
	if (access < 0) {
		complain(p, e->loc, TARGET_WRITE_PLACE,
			 t.bits ? "a bit field"
			 : t.in_memory ? "an aggregate" : "a register");
		return false;
	}
	return finish(e, target_load(&t, t.expr, (unsigned)access), t.type);
}

/* --- @defined --- */

static bool list_defined(const struct target_place *p, const ast_exprs *list)
{
	struct ast_expr *const *e;

	vec_foreach(e, list)
		if (!target_defined(p, *e))
			return false;
	return true;
}

bool target_defined(const struct target_place *p, const struct ast_expr *e)
{
	struct target_place quiet = *p;
	const struct ast_step *step;
	struct ast_expr *copy;

	if (!e)
		return true;
	quiet.quiet = true;
	vec_foreach(step, &e->steps)
		if (!target_defined(p, step->index))
			return false;
	if (!target_defined(p, e->a) || !target_defined(p, e->b) ||
	    !target_defined(p, e->c) || !list_defined(p, &e->list))
		return false;
	switch ((int)e->kind) {
	case AST_TARGET:
	case AST_CAST:
	case AST_ATVAR:
		copy = clone_expr(p->s->arena, e);
		copy->addressof = false;
		return target_read(&quiet, copy);
	case AST_ENUM:
	case AST_ENUMNAME:
	case AST_REGISTER:
	case AST_DEREF:
		return target_operator(&quiet, clone_expr(p->s->arena, e));
	case AST_ENTRY:
		return p->at && p->at->entry;
	case AST_PERF:
	case AST_CONST:
		return false;
	}
	return true;
}

/* --- the other operators --- */

static bool read_enum(const struct target_place *p, struct ast_expr *e)
{
	struct scope_vars *vars = vars_of(p);
	struct ctype_source *source;
	int64_t value;

	source = vars && vars->types ? vars->types
				     : resolver_types(p->s->resolver, NULL);
	if (!source || !source->ops->constant ||
	    !source->ops->constant(source, e->str, &value)) {
		complain(p, e->loc, ENUM_CONSTANT, e->str);
		return false;
	}
	*e = (struct ast_expr){ .kind = AST_NUMBER, .loc = e->loc,
				.num = value };
	return true;
}

/* @enumname: a chain of comparisons with the constants. */
static bool read_enumname(const struct target_place *p, struct ast_expr *e)
{
	const struct ast_expr form = *e;
	struct target t = { .p = p, .form = &form };
	const struct ctype *type = form.a->ctype;
	struct ctype_source *source;
	const struct ctype_constant *c;
	unsigned stars;
	size_t n;

	if (form.str) {
		type = find_type(p, form.loc,
				 strchr(form.str, ' ')
					 ? form.str
					 : arena_printf(p->s->arena, "enum %s",
							form.str),
				 form.str2, &stars, &source);
		if (!type)
			return false;
	}
	type = ctype_strip(type);
	if (type->kind != CTYPE_ENUM) {
		complain(p, form.loc, ENUMNAME_TYPE);
		return false;
	}
	c = ctype_constants(type, &n);
	return finish(e, target_enumname(&t, form.a, c, n), NULL);
}

static bool read_register(const struct target_place *p, struct ast_expr *e)
{
	struct scope_vars *vars = vars_of(p);
	const struct ast_expr form = *e;
	struct target t = { .p = p, .form = &form };

	if (!vars) {
		complain(p, e->loc, TARGET_NO_CONTEXT);
		return false;
	}
	return finish(e, context_node(&t, CONTEXT_REGISTER, form.num), NULL);
}

static bool read_deref(const struct target_place *p, struct ast_expr *e)
{
	const struct ast_expr form = *e;
	struct target t = { .p = p, .form = &form };
	int access = mem_of_bytes((uint64_t)form.num);

	if (access < 0) {
		complain(p, e->loc, TARGET_ACCESS, "@deref",
			 "1, 2, 4 or 8 bytes");
		return false;
	}
	access |= form.user ? MEM_USER : 0;
	return finish(e, target_load(&t, form.a, (unsigned)access), NULL);
}

bool target_operator(const struct target_place *p, struct ast_expr *e)
{
	switch ((int)e->kind) {
	case AST_ENUM:
		return read_enum(p, e);
	case AST_ENUMNAME:
		return read_enumname(p, e);
	case AST_REGISTER:
		return read_register(p, e);
	case AST_DEREF:
		return read_deref(p, e);
	}
	BUG("expression kind %d is no such operator", (int)e->kind);
}

/* By DWARF number, as the kernel's pt_regs and the processor name them. */
static const struct {
	const char *name;
	uint8_t number;
} register_names[] = {
#if defined(__aarch64__)
	{ "sp", 31 }, { "pc", 32 }, { "x0", 0 }, { "x1", 1 }, { "x2", 2 },
	{ "x3", 3 }, { "x4", 4 }, { "x5", 5 }, { "x6", 6 }, { "x7", 7 },
	{ "x8", 8 }, { "x29", 29 }, { "x30", 30 },
#else
	{ "rax", 0 }, { "rdx", 1 }, { "rcx", 2 }, { "rbx", 3 }, { "rsi", 4 },
	{ "rdi", 5 }, { "rbp", 6 }, { "rsp", 7 }, { "r8", 8 }, { "r9", 9 },
	{ "r10", 10 }, { "r11", 11 }, { "r12", 12 }, { "r13", 13 },
	{ "r14", 14 }, { "r15", 15 }, { "rip", 16 },
#endif
};

bool target_register_call(const struct target_place *p, struct ast_expr *e)
{
	const struct ast_expr form = *e;
	struct target t = { .p = p, .form = &form };
	bool user = !strcmp(e->name, "u_register");
	size_t i;

	if ((!user && strcmp(e->name, "register")) || e->list.len != 1 ||
	    e->list.at[0]->kind != AST_STRING || !p->at)
		return false;
	/* Of the user's only where the probe is in the program itself. */
	if (user && !(p->at->vars && p->at->vars->user))
		return false;
	for (i = 0; i < ARRAY_SIZE(register_names); i++)
		if (!strcmp(register_names[i].name, e->list.at[0]->str))
			return finish(e,
				      context_node(&t, CONTEXT_REGISTER,
						   register_names[i].number),
				      NULL);
	return false;
}
