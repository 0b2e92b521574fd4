/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arguments by a prototype. Those of a function are found by the calling
 * convention of the kernel's architecture; what does not fit into registers is
 * on the stack, behind the return address.
 */
#include "probe/btf_vars.h"

#include "base/similar.h"

#include <string.h>

#if defined(__aarch64__)
# define ARG_REGISTERS  8
# define STACK_REGISTER 31
# define STACK_START    0
#else
# define ARG_REGISTERS  6
# define STACK_REGISTER 7
# define STACK_START    8 /* behind the return address */
#endif

struct btf_vars {
	struct scope_vars vars;
	struct resolve *r;
	struct arena *arena;
	enum btf_vars_kind kind;
	const char *module, *name, *system;
	const struct ctype *proto; /* when looked_for; NULL: none */
	bool looked_for, listed;
	VEC(const struct variable *) params;
	const struct variable *result;
};

static bool is_function(const struct btf_vars *b)
{
	return b->kind == BTF_VARS_ENTRY || b->kind == BTF_VARS_RETURN;
}

static const struct place_expr *on_stack(struct btf_vars *b, unsigned word)
{
	const struct place_expr *sp = place_new(b->arena, PLACE_REGISTER,
						STACK_REGISTER, NULL, NULL);
	const struct place_expr *off = place_new(
		b->arena, PLACE_NUMBER, STACK_START + 8 * (int64_t)word, NULL,
		NULL);

	return place_new(b->arena, PLACE_ADD, 0, sp, off);
}

/* Where an argument of a function is, and how much it takes. */
static void find_argument(struct btf_vars *b, struct variable *v,
			  unsigned *registers, unsigned *words)
{
	unsigned n = (unsigned)((ctype_size(v->type) + 7) / 8);

	if (!n)
		n = 1;
	if (n <= 2 && *registers + n <= ARG_REGISTERS) {
		v->at = place_new(b->arena, PLACE_ARG, *registers, NULL, NULL);
		v->in_register = true;
		*registers += n;
	} else {
		v->at = on_stack(b, *words);
		*words += n;
	}
}

const struct ctype *btf_vars_prototype(struct scope_vars *vars)
{
	struct btf_vars *b = (struct btf_vars *)vars;
	struct btf_types *types;

	if (b->looked_for)
		return b->proto;
	b->looked_for = true;
	types = resolve_btf(b->r, b->module);
	if (types && is_function(b))
		b->proto = btf_types_function(types, b->name);
	else if (types)
		b->proto = btf_types_tracepoint(types, b->name);
	return b->proto;
}

static void list_params(struct btf_vars *b)
{
	const struct ctype *proto = btf_vars_prototype(&b->vars);
	unsigned registers = 0, words = 0;
	const struct ctype_member *m;
	size_t n = 0, i;

	if (b->listed)
		return;
	b->listed = true;
	m = proto ? ctype_members(proto, &n) : NULL;
	for (i = 0; i < n; i++) {
		struct variable *v = arena_new(b->arena, struct variable);

		/* "..." has no type. */
		if (!m[i].type && !m[i].name)
			continue;
		v->name = m[i].name;
		if (b->kind == BTF_VARS_NUMBERED || !v->name)
			v->name = arena_printf(b->arena, "arg%zu", i + 1);
		v->type = m[i].type;
		if (is_function(b)) {
			find_argument(b, v, &registers, &words);
		} else {
			v->at = place_new(b->arena, PLACE_ARG, (int64_t)i,
					  NULL, NULL);
			v->in_register = true;
		}
		vec_push(b->arena, &b->params, v);
	}
}

static const struct variable *find(struct scope_vars *s, const char *name)
{
	struct btf_vars *b = (struct btf_vars *)s;
	const struct variable *const *v;

	list_params(b);
	vec_foreach(v, &b->params)
		if (!strcmp((*v)->name, name))
			return *v;
	return NULL;
}

static const struct variable *const *list(struct scope_vars *s,
					  enum variable_kind kind, size_t *n)
{
	struct btf_vars *b = (struct btf_vars *)s;

	list_params(b);
	*n = kind == VARIABLE_PARAMETER ? b->params.len : 0;
	return b->params.at;
}

static const struct variable *result(struct scope_vars *s)
{
	struct btf_vars *b = (struct btf_vars *)s;
	const struct ctype *proto = btf_vars_prototype(s);
	struct variable *v;

	if (b->kind != BTF_VARS_RETURN || b->result || !proto ||
	    ctype_strip(ctype_target(proto))->kind == CTYPE_VOID)
		return b->result;
	v = arena_new(b->arena, struct variable);
	v->name = "return";
	v->type = ctype_target(proto);
	v->at = place_new(b->arena, PLACE_RETVAL, 0, NULL, NULL);
	v->in_register = true;
	b->result = v;
	return v;
}

static void explain(struct scope_vars *s, const char *name, struct strbuf *out)
{
	struct btf_vars *b = (struct btf_vars *)s;
	const struct variable *const *v;
	struct similar near = { .want = name };
	const char *sep = "";
	unsigned i;

	list_params(b);
	if (is_function(b))
		strbuf_addf(out, "unable to find local '%s' in %s (alternatives: ",
			    name, b->name);
	else
		strbuf_addf(out, "unable to find tracepoint variable '$%s' "
				 "(alternatives: ", name);
	vec_foreach(v, &b->params)
		similar_offer(&near, (*v)->name);
	if (!is_function(b)) {
		strbuf_addstr(out, "$$name");
		sep = ", ";
	}
	for (i = 0; i < near.n; i++, sep = ", ")
		strbuf_addf(out, "%s$%s", sep, near.names[i]);
	strbuf_addch(out, ')');
}

static const char *text(struct scope_vars *s, const char *name)
{
	const struct btf_vars *b = (const struct btf_vars *)s;

	if (is_function(b))
		return NULL;
	if (!strcmp(name, "name"))
		return b->name;
	return strcmp(name, "system") ? NULL : b->system;
}

struct scope_vars *btf_vars_new(struct resolve *r, enum btf_vars_kind kind,
				const char *module, const char *name,
				const char *system)
{
	static const struct scope_vars_ops ops = {
		.find = find,
		.list = list,
		.result = result,
		.explain = explain,
		.text = text,
	};
	struct btf_vars *b = arena_new(r->arena, struct btf_vars);

	b->vars.ops = &ops;
	b->vars.is_return = kind == BTF_VARS_RETURN;
	b->vars.function = name;
	if (module)
		b->vars.types = resolve_types(r, module);
	b->r = r;
	b->arena = r->arena;
	b->kind = kind;
	b->module = module;
	b->name = name;
	b->system = system;
	return &b->vars;
}
