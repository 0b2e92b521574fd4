/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Macros of the script language (language.md section 3): definitions, and
 * calls.
 *
 * An argument is expanded where the parameter stands, but with the meaning
 * that names have where the call was written: its frame gets the scope of the
 * caller. So a macro cannot capture names by accident, and an argument that is
 * not used is not looked at.
 */
#include "lang/pp_internal.h"

#include "base/bug.h"

#include <string.h>

typedef VEC(struct token) tokens;

/* --- definitions --- */

static bool names_operator(const char *name)
{
	static const char *const names[] = {
		"count",     "sum",	   "min",	"max",	    "avg",
		"variance",  "hist_log",   "hist_linear", "cast",   "var",
		"entry",     "defined",	   "probewrite", "perf",    "const",
		"enum",	     "enumname",   "kregister", "uregister", "kderef",
		"uderef",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

bool macro_is_define(const struct token *t)
{
	return t->kind == TOK_AT && t->len == 6 && !memcmp(t->str, "define", 6);
}

/* Read the parameter list whose ( is behind. On return *t is the last token
 * read: the ) or the wrong one. */
static bool read_params(struct pp *p, struct macro *m, struct token *t)
{
	const struct scope *scope;

	do {
		pp_raw(p, t, &scope);
		if (t->kind != TOK_IDENT) {
			diag_error(p->l->diag, t->loc, MACRO_NAME);
			return false;
		}
		if (m->params.len == MAX_MACRO_PARAMS) {
			diag_error(p->l->diag, t->loc, MACRO_PARAMS,
				   MAX_MACRO_PARAMS);
			return false;
		}
		vec_push(p->l->arena, &m->params, t->str);
		pp_raw(p, t, &scope);
	} while (t->kind == TOK_COMMA);
	if (t->kind != TOK_RPAREN) {
		diag_error(p->l->diag, t->loc, MACRO_EXPECT_PARAM_SEP);
		return false;
	}
	return true;
}

/* Go to the %( of a definition whose parameters are wrong, if there is one
 * close by: its body should not be read as a conditional. */
static void skip_params(struct pp *p, struct token *t)
{
	const struct scope *scope;
	int i;

	for (i = 0; i < 32 && t->kind != TOK_PP_OPEN && t->kind != TOK_EOF; i++)
		pp_raw(p, t, &scope);
}

/* Record the body whose %( is behind, up to the %) that closes it. A wrong
 * body is read to its end all the same. */
static bool read_body(struct pp *p, struct macro *m, struct loc open)
{
	const struct scope *scope;
	unsigned depth = 1;
	bool good = true;
	tokens body = { 0 };
	struct token t;

	for (;;) {
		pp_raw(p, &t, &scope);
		if (t.kind == TOK_EOF) {
			diag_error(p->l->diag, open, MACRO_INCOMPLETE);
			return false;
		}
		depth += t.kind == TOK_PP_OPEN;
		depth -= t.kind == TOK_PP_CLOSE;
		if (!depth)
			break;
		if (macro_is_define(&t) && good) {
			diag_error(p->l->diag, t.loc, MACRO_DEFINE_IN_BODY);
			good = false;
		}
		if (good)
			vec_push(p->l->arena, &body, t);
	}
	if (body.len)
		m->body = (struct span){ body.at, body.at + body.len };
	return good;
}

/* The macro of this name that the file itself defined. */
static struct macro *find_own(const struct pp *p, const char *name)
{
	struct macro *m = hmap_gets(&p->l->file_macros, name);

	while (m && m->file != p)
		m = m->next;
	return m;
}

/* Whether the name may be defined; says why not. */
static bool may_define(struct pp *p, const struct macro *m)
{
	struct diag *d = p->l->diag;
	const struct macro *old = p->makes_library ?
					  hmap_gets(&p->l->lib_macros, m->name) :
					  find_own(p, m->name);

	if (!strcmp(m->name, "define")) {
		diag_error(d, m->loc, MACRO_REDEFINE_DEFINE);
		return false;
	}
	if (old) {
		if (old->file == p) {
			diag_error(d, m->loc, MACRO_REDEFINED, m->name);
		} else {
			diag_error(d, m->loc, MACRO_LIBRARY_TWICE, m->name);
			p->clashes++;
		}
		diag_note(d, old->loc, MACRO_FIRST_DEFINED, m->name);
		return false;
	}
	if (names_operator(m->name))
		diag_warn(d, m->loc, MACRO_HIDES_OPERATOR, m->name);
	return true;
}

/* Read what follows the name: parameters and body. False: it is wrong, or
 * good is false, and all of it is behind that can be told to belong to it. */
static bool read_rest(struct pp *p, struct macro *m, bool good)
{
	const struct scope *scope;
	struct token t;

	pp_raw(p, &t, &scope);
	if (t.kind == TOK_LPAREN) {
		if (read_params(p, m, &t)) {
			pp_raw(p, &t, &scope);
			if (t.kind != TOK_PP_OPEN) {
				diag_error(p->l->diag, t.loc,
					   MACRO_EXPECT_BODY);
				return false;
			}
		} else {
			good = false;
			skip_params(p, &t);
		}
	} else if (t.kind != TOK_PP_OPEN) {
		diag_error(p->l->diag, t.loc, MACRO_EXPECT_BODY_OR_PARAMS);
		return false;
	}
	return t.kind == TOK_PP_OPEN && read_body(p, m, t.loc) && good;
}

void macro_define(struct pp *p)
{
	struct macro *m = arena_new(p->l->arena, struct macro);
	const struct scope *scope;
	struct hmap *map;
	struct token t;
	bool good;

	pp_raw(p, &t, &scope);
	if (t.kind != TOK_IDENT) {
		diag_error(p->l->diag, t.loc, MACRO_NAME);
		/* The body should not be read as a conditional. */
		if (tok_is_keyword(t.kind) || t.kind == TOK_NUMBER ||
		    t.kind == TOK_STRING)
			pp_raw(p, &t, &scope);
		if (t.kind == TOK_PP_OPEN)
			read_body(p, m, t.loc);
		return;
	}
	m->name = t.str;
	m->loc = t.loc;
	m->file = p;
	m->library = p->makes_library;
	good = may_define(p, m);
	if (!read_rest(p, m, good))
		return;
	map = m->library ? &p->l->lib_macros : &p->l->file_macros;
	m->next = hmap_gets(map, m->name);
	hmap_puts(map, m->name, m);
}

/* --- calls --- */

/* The tokens behind the @name of a call: in the frame that the @name came
 * from, or, when that is the file, recorded one by one. A call never reaches
 * beyond its frame. */
struct reader {
	struct pp *p;
	struct frame *frame;      /* NULL: the file */
	const struct token *base; /* where the frame stood at first */
	tokens seen;              /* of the file */
	size_t n;                 /* tokens read */
};

static const struct token *reader_token(const struct reader *r, size_t i)
{
	return (r->frame ? r->base : r->seen.at) + i;
}

/* The next token; NULL at the end of the frame or file. */
static const struct token *reader_next(struct reader *r)
{
	struct token t;

	if (r->frame) {
		if (r->frame->left.at == r->frame->left.end)
			return NULL;
		r->p->macro_tokens++;
		r->n++;
		return r->frame->left.at++;
	}
	lexer_next(&r->p->lx, &t);
	if (r->seen.len == MAX_MACRO_TOKENS)
		pp_give_up(r->p, t.loc);
	if (t.kind == TOK_EOF || r->p->spent)
		return NULL;
	r->p->saw_raw = true;
	vec_push(r->p->l->arena, &r->seen, t);
	r->n++;
	return &vec_last(&r->seen);
}

/* The token read last is to be read again, by the preprocessor. */
static void reader_unread(struct reader *r)
{
	const struct token *t = reader_token(r, r->n - 1);

	if (r->frame)
		r->frame->left.at--;
	else
		pp_push(r->p, (struct span){ t, t + 1 }, &r->p->file_scope, 0,
			t->glued);
}

/* The tokens from number n on are no longer wanted, but for the last. */
static void reader_forget(struct reader *r, size_t n)
{
	if (r->frame || n >= r->seen.len)
		return;
	r->seen.at[n] = vec_last(&r->seen);
	r->seen.len = r->n = n + 1;
}

/* Read one argument up to its , or ) which is returned; NULL if the call does
 * not end. Parentheses and brackets balance; what stands in a conditional
 * separates nothing. */
static const struct token *read_arg(struct reader *r)
{
	unsigned depth = 0, conds = 0;
	const struct token *t;

	while ((t = reader_next(r))) {
		if (t->kind == TOK_PP_OPEN)
			conds++;
		else if (t->kind == TOK_PP_CLOSE && conds)
			conds--;
		else if (conds)
			continue;
		else if (t->kind == TOK_LPAREN || t->kind == TOK_LBRACKET)
			depth++;
		else if (!depth &&
			 (t->kind == TOK_COMMA || t->kind == TOK_RPAREN ||
			  t->kind == TOK_RBRACKET || t->kind == TOK_PP_CLOSE))
			return t;
		else if (t->kind == TOK_RPAREN || t->kind == TOK_RBRACKET)
			depth--;
		else if (t->kind == TOK_PP_CLOSE)
			return t;
	}
	return NULL;
}

/* Where in a reader's tokens the arguments of a call are. */
struct arg_range {
	size_t from, to;
};
typedef VEC(struct arg_range) arg_ranges;

static bool read_args(struct reader *r, const struct macro *m,
		      const struct token *at, arg_ranges *args)
{
	struct diag *d = r->p->l->diag;
	const struct token *t = reader_next(r);
	size_t n = 0, wanted = 0;

	if (!t || t->kind != TOK_LPAREN) {
		diag_error(d, at->loc, MACRO_NEEDS_ARGS, m->name,
			   m->params.len, m->params.len == 1 ? "" : "s");
		if (t)
			reader_unread(r);
		return false;
	}
	do {
		size_t from = r->n;

		t = read_arg(r);
		if (!t) {
			if (!r->p->spent)
				diag_error(d, at->loc, MACRO_CALL_UNCLOSED);
			return false;
		}
		if (n++ >= m->params.len) {
			reader_forget(r, wanted);
			continue;
		}
		vec_push(r->p->l->arena, args,
			 (struct arg_range){ from, r->n - 1 });
		wanted = r->n;
	} while (t->kind == TOK_COMMA);
	if (t->kind != TOK_RPAREN) {
		diag_error(d, t->loc, MACRO_CALL_SEP);
		reader_unread(r);
		return false;
	}
	if (n < m->params.len)
		diag_error(d, at->loc, MACRO_TOO_FEW, m->name, m->params.len);
	else if (n > m->params.len)
		diag_error(d, at->loc, MACRO_TOO_MANY, m->name, m->params.len);
	return n == m->params.len;
}

/* Read the arguments of a call into a scope for the macro's body; NULL after
 * an error. */
static const struct scope *read_call(struct pp *p, const struct macro *m,
				     const struct token *at,
				     const struct scope *caller)
{
	struct reader r = { .p = p };
	arg_ranges args = { 0 };
	struct scope *scope;
	struct span *spans;
	size_t i;

	if (p->frames.len) {
		r.frame = &vec_last(&p->frames);
		r.base = r.frame->left.at;
	}
	if (m->params.len && !read_args(&r, m, at, &args))
		return NULL;
	spans = arena_array(p->l->arena, struct span, args.len);
	for (i = 0; i < args.len; i++)
		spans[i] = (struct span){ reader_token(&r, args.at[i].from),
					  reader_token(&r, args.at[i].to) };
	scope = arena_new(p->l->arena, struct scope);
	*scope = (struct scope){ m, spans, caller };
	return scope;
}

static const struct macro *find_macro(const struct pp *p, const char *name,
				      const struct scope *scope)
{
	const struct macro *m = NULL;

	if (!scope->macro || !scope->macro->library)
		m = find_own(p, name);
	if (!m)
		m = hmap_gets(&p->l->lib_macros, name);
	if (m || !p->l->need_macro)
		return m;
	p->l->need_macro(p->l->need_macro_ctx, name);
	return hmap_gets(&p->l->lib_macros, name);
}

/* Whether there is room for one more expansion. */
static bool room_to_expand(struct pp *p, const struct token *at)
{
	p->macro_tokens++;
	if (p->frames.len < MAX_MACRO_DEPTH)
		return true;
	diag_error(p->l->diag, at->loc, MACRO_DEPTH, MAX_MACRO_DEPTH);
	pp_unwind(p);
	return false;
}

/* If the name is a parameter, put its argument on the stack. */
static bool expand_param(struct pp *p, const struct token *at,
			 const struct scope *scope)
{
	const struct macro *m = scope->macro;
	size_t i;

	for (i = 0; m && i < m->params.len; i++) {
		if (m->params.at[i] != at->str)
			continue;
		if (room_to_expand(p, at))
			pp_push(p, scope->args[i], scope->caller,
				at->loc.origin, at->glued);
		return true;
	}
	return false;
}

bool macro_expand(struct pp *p, const struct token *at,
		  const struct scope *scope)
{
	const struct scope *inner;
	const struct macro *m;
	uint32_t origin;

	if (expand_param(p, at, scope))
		return true;
	m = find_macro(p, at->str, scope);
	if (!m)
		return false;
	if (!room_to_expand(p, at))
		return true;
	inner = read_call(p, m, at, scope);
	if (!inner)
		return true;
	origin = origin_add(p->l->srcs, "macro", m->name, at->loc,
			    at->loc.origin);
	pp_push(p, m->body, inner, origin, at->glued);
	return true;
}
