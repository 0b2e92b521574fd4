/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names to symbols and functions, starting at the handlers and following calls.
 *
 * A name is a local or parameter of its function or handler if there is one,
 * else a global, else a new local (language.md section 8). Along the way: what
 * is read and written, the arity of arrays, loops, and constructs that no
 * executor runs.
 */
#include "base/bug.h"
#include "base/regex.h"
#include "lang/token.h"
#include "sema/target.h"

#include <stdlib.h>
#include <string.h>

struct binder {
	struct sema *s;
	struct function *fn; /* NULL in a handler */
	symbols *locals;
	struct hmap index; /* name → local, once there are many */
	const struct ast_file *file;
	enum attach_kind attach; /* of a handler, for $value */
	const struct resolved_probe *at; /* of a handler, for $x */
	struct entry_set *entries;
	const struct ast_stmt *user_body; /* for @probewrite */
	unsigned loops;   /* around the current statement */
	bool void_ok;     /* the value of the expression is dropped */
	symbols iterated; /* arrays of the foreach loops around it */
};

static void bind_expr(struct binder *b, struct ast_expr *e);
static void bind_stmt(struct binder *b, struct ast_stmt *st);

static void unsupported(struct binder *b, struct loc loc, const char *what)
{
	diag_error(b->s->diag, loc, UNSUPPORTED, what);
}

static struct target_place place_of(const struct binder *b)
{
	return (struct target_place){ .s = b->s,
				      .at = b->at,
				      .library = b->file->library,
				      .entries = b->entries };
}

/* --- symbols --- */

static struct symbol *find_in(const symbols *list, const char *name)
{
	struct symbol *const *sym;

	vec_foreach(sym, list)
		if ((*sym)->name == name)
			return *sym;
	return NULL;
}

/* Locals beyond this number are looked up by hash. */
#define MANY_LOCALS 16

static struct symbol *find_local(struct binder *b, const char *name)
{
	if (b->index.len)
		return hmap_gets(&b->index, name);
	return find_in(b->locals, name);
}

static void add_local(struct binder *b, struct symbol *sym)
{
	struct symbol *const *it;

	vec_push(b->s->arena, b->locals, sym);
	if (b->index.len)
		hmap_puts(&b->index, sym->name, sym);
	else if (b->locals->len > MANY_LOCALS)
		vec_foreach(it, b->locals)
			hmap_puts(&b->index, (*it)->name, *it);
}

static struct symbol *find(struct binder *b, const char *name)
{
	struct symbol *sym = find_local(b, name);

	if (sym)
		return b->fn ? sym : names_own(b->s, sym, b->file);
	sym = b->fn ? find_in(&b->fn->params, name) : NULL;
	return sym ? sym : names_global(b->s, name, b->file);
}

static struct symbol *find_or_add(struct binder *b, const char *name,
				  struct loc loc)
{
	struct symbol *sym = find(b, name);

	if (sym)
		return sym;
	sym = arena_new(b->s->arena, struct symbol);
	sym->kind = SYM_LOCAL;
	sym->name = name;
	sym->loc = sym->keys_loc = loc;
	sym->id = (uint32_t)b->locals->len;
	sym->file = b->file;
	add_local(b, sym);
	return sym;
}

/* Note that the symbol is used with n keys. */
static void use_arity(struct binder *b, struct symbol *sym, size_t n,
		      struct loc loc)
{
	struct diag *d = b->s->diag;

	if (sym->n_keys == (int)n)
		return;
	if (n > SYM_MAX_KEYS) {
		diag_error(d, loc, ARRAY_KEYS, SYM_MAX_KEYS);
	} else if (sym->kind != SYM_GLOBAL) {
		diag_error(d, loc, ARRAY_LOCAL);
	} else if (sym->n_keys >= 0) {
		diag_error(d, loc, ARITY_MISMATCH, sym->n_keys, n);
		diag_note(d, sym->keys_loc, ARITY_FIRST, sym->n_keys);
	} else if (!n && sym->wrap) {
		diag_error(d, sym->loc, WRAP_SCALAR);
	} else if (!n && sym->size) {
		diag_error(d, loc, ARITY_SIZED, sym->name);
	} else {
		sym->n_keys = (int)n;
		sym->keys_loc = loc;
	}
}

/* The array a name with n keys means, or NULL when reported. */
static struct symbol *find_array(struct binder *b, const char *name, size_t n,
				 struct loc loc)
{
	struct symbol *sym = find(b, name);

	if (!sym) {
		diag_error(b->s->diag, loc, ARRAY_UNRESOLVED, n, name);
		return NULL;
	}
	use_arity(b, sym, n, loc);
	return sym->n_keys == (int)n ? sym : NULL;
}

static void bind_list(struct binder *b, const ast_exprs *list)
{
	struct ast_expr *const *e;

	vec_foreach(e, list)
		bind_expr(b, *e);
}

/* --- writes --- */

static void note_element_write(struct binder *b, const struct ast_expr *e)
{
	struct symbol *sym = e->sym;

	if (!sym)
		return;
	if (find_in(&b->iterated, sym->name) == sym)
		diag_error(b->s->diag, e->loc, FOREACH_MODIFIED, sym->name);
	if (b->fn)
		vec_push(b->s->arena,
			 &b->s->effects.at[b->fn->id].element_writes, sym);
}

/* Whether target variables are those of a procfs probe. */
static bool has_value(const struct binder *b)
{
	return !b->fn && procfs_is_kind(b->attach);
}

/* The target of an assignment, ++ or delete. */
static void bind_target(struct binder *b, struct ast_expr *e, bool read)
{
	if (e->kind == AST_NAME) {
		e->sym = find_or_add(b, e->name, e->loc);
		use_arity(b, e->sym, 0, e->loc);
	} else if (e->kind == AST_INDEX) {
		bind_list(b, &e->list);
		e->sym = find_array(b, e->name, e->list.len, e->loc);
		note_element_write(b, e);
	} else {
		if (e->kind == AST_TARGET && has_value(b)) {
			procfs_change(b->s, e, b->attach);
			return;
		}
		/* Targets and buckets: bind_expr() refuses them. */
		bind_expr(b, e);
		return;
	}
	if (!e->sym)
		return;
	e->sym->written = true;
	e->sym->read |= read;
}

static void bind_steps(struct binder *b, struct ast_expr *e)
{
	struct ast_step *step;

	vec_foreach(step, &e->steps)
		if (step->index)
			bind_expr(b, step->index);
}

static bool is_target(const struct ast_expr *e)
{
	return e->kind == AST_TARGET || e->kind == AST_ATVAR ||
	       e->kind == AST_CAST || e->kind == AST_AUTOCAST;
}

/* An assignment to memory. */
static void bind_memory(struct binder *b, struct ast_expr *e)
{
	struct target_place p = place_of(b);

	if (e->a->kind == AST_AUTOCAST) {
		/* What it is is known when types are (details.c). */
		bind_expr(b, e->a);
		bind_expr(b, e->b);
		return;
	}
	if (target_write(&p, e->a, e->op))
		bind_expr(b, e->a);
	bind_expr(b, e->b);
}

static void bind_assign(struct binder *b, struct ast_expr *e, bool void_ok)
{
	bool reads = e->op != TOK_ASSIGN && e->op != TOK_AGGR && !void_ok;

	if (e->a->kind == AST_TARGET && has_value(b)) {
		if (procfs_assign(b->s, e, b->attach))
			bind_expr(b, e);
		return;
	}
	if (is_target(e->a)) {
		bind_memory(b, e);
		return;
	}
	bind_target(b, e->a, reads);
	bind_expr(b, e->b);
	if (e->op == TOK_AGGR)
		stat_note_add(b->s, e);
}

static void bind_delete(struct binder *b, struct ast_expr *e)
{
	/* A bare name may be a scalar or a whole array: no arity. */
	if (e->kind != AST_NAME) {
		bind_target(b, e, false);
		return;
	}
	e->sym = find_or_add(b, e->name, e->loc);
	e->sym->written = true;
}

/* --- expressions --- */

static void bind_call(struct binder *b, struct ast_expr *e)
{
	struct sema *s = b->s;
	struct symbol *const *array;
	struct target_place place = place_of(b);
	struct function *f;

	if (!e->fn && target_register_call(&place, e))
		return;
	bind_list(b, &e->list);
	/* Functions of our own making are known already. */
	if (!e->fn)
		e->fn = names_function(s, e, b->file);
	if (!e->fn)
		return;
	for (f = e->fn; f; f = f->next) {
		if (!f->ast)
			continue;
		embed_check_call(s, e, f, b->file);
		if (!loc_is_set(f->called_at)) {
			f->called_at = e->loc;
			f->caller = b->fn;
		}
		while (s->effects.len < s->prog->functions.len)
			vec_push(s->arena, &s->effects,
				 (struct function_effects){ 0 });
		if (b->fn)
			vec_push(s->arena, &s->effects.at[b->fn->id].calls, f);
	}
	vec_foreach(array, &b->iterated)
		vec_push(s->arena, &s->foreach_calls,
			 (struct foreach_call){ e, *array });
}

static void bind_hist(struct binder *b, struct ast_expr *e)
{
	bind_expr(b, e->a);
	stat_note_hist(b->s, e);
}

/* One bucket of a histogram, by its number. */
static void bind_bucket_in(struct binder *b, struct ast_expr *e)
{
	bind_hist(b, e->a);
	if (e->list.len != 1)
		diag_error(b->s->diag, e->a->loc, FOREACH_SLICE, e->list.len,
			   (size_t)1);
	else if (e->list.at[0]->kind == AST_WILDCARD)
		unsupported(b, e->a->loc, "a wildcard for buckets");
}

static void bind_in(struct binder *b, struct ast_expr *e)
{
	bind_list(b, &e->list);
	if (e->a->kind == AST_HIST) {
		bind_bucket_in(b, e);
		return;
	}
	if (e->a->kind != AST_NAME) {
		bind_expr(b, e->a);
		return;
	}
	e->sym = e->a->sym = find_array(b, e->a->name, e->list.len, e->a->loc);
	if (e->sym)
		e->sym->read = true;
}

static void bind_logic(struct binder *b, struct ast_expr *e)
{
	struct target_place place = place_of(b);
	int64_t v;

	if (fold_decides(&place, e->a, &v)) {
		fold_to_number(e->a, v);
		if (!!v == (e->op == TOK_LOR)) {
			fold_to_number(e, !!v);
			return;
		}
	}
	bind_expr(b, e->a);
	bind_expr(b, e->b);
}

static void bind_cond(struct binder *b, struct ast_expr *e)
{
	struct target_place place = place_of(b);
	struct ast_expr *taken;
	int64_t v;

	if (fold_decides(&place, e->a, &v)) {
		taken = v ? e->b : e->c;
		*e = *taken;
		bind_expr(b, e);
		return;
	}
	bind_expr(b, e->a);
	bind_expr(b, e->b);
	bind_expr(b, e->c);
}

/* Constructs that no executor runs, by the name messages give them. */
static const char *const unsupported_kinds[] = {
	[AST_PERF] = "@perf",
	[AST_CONST] = "@const",
};

/* A target form: what it becomes is bound in its place. */
static void bind_form(struct binder *b, struct ast_expr *e)
{
	struct target_place p = place_of(b);

	if (e->kind == AST_AUTOCAST) {
		bind_expr(b, e->a);
		bind_steps(b, e);
	} else if (e->kind == AST_TARGET && has_value(b)) {
		if (procfs_read(b->s, e, b->attach))
			bind_expr(b, e);
	} else if (target_read(&p, e)) {
		bind_expr(b, e);
	}
}

static void bind_operator(struct binder *b, struct ast_expr *e)
{
	struct target_place p = place_of(b);

	/* Its operand may have a type of its own. */
	if (e->kind == AST_ENUMNAME && !e->str && e->a->kind == AST_TARGET &&
	    !target_read(&p, e->a))
		return;
	if (e->kind == AST_ENTRY ? entry_read(&p, e) : target_operator(&p, e))
		bind_expr(b, e);
}

static void bind_regex(struct binder *b, struct ast_expr *e)
{
	struct arena scratch = ARENA_INIT;
	struct regex_error err;

	bind_expr(b, e->a);
	if (!regex_parse(&scratch, e->str, e->len, &err))
		diag_error(b->s->diag, e->str_loc, REGEX, err.pos, err.text);
	arena_release(&scratch);
}

static void bind_expr(struct binder *b, struct ast_expr *e)
{
	struct target_place place = place_of(b);
	bool void_ok = b->void_ok;
	int64_t v;

	b->void_ok = false;
	if (fold_decides(&place, e, &v))
		fold_to_number(e, v);
	switch (e->kind) {
	case AST_NUMBER: case AST_STRING: case AST_WILDCARD:
		break;
	case AST_NAME:
		e->sym = find_or_add(b, e->name, e->loc);
		use_arity(b, e->sym, 0, e->loc);
		e->sym->read = true;
		break;
	case AST_INDEX:
		bind_list(b, &e->list);
		e->sym = find_array(b, e->name, e->list.len, e->loc);
		if (e->sym)
			e->sym->read = true;
		break;
	case AST_IN:
		bind_in(b, e);
		break;
	case AST_PREFIX:
	case AST_POSTFIX:
		bind_target(b, e->a, !void_ok);
		break;
	case AST_UNARY:
	case AST_CONTEXT:
		if (e->a)
			bind_expr(b, e->a);
		break;
	case AST_BINARY:
	case AST_COMPARE:
		bind_expr(b, e->a);
		bind_expr(b, e->b);
		break;
	case AST_LOGIC:
		bind_logic(b, e);
		break;
	case AST_ASSIGN:
		bind_assign(b, e, void_ok);
		break;
	case AST_COND:
		bind_cond(b, e);
		break;
	case AST_CALL:
		bind_call(b, e);
		break;
	case AST_CONCAT:
	case AST_PRINT:
		bind_list(b, &e->list);
		break;
	case AST_REGEX:
		bind_regex(b, e);
		break;
	case AST_STAT:
		bind_expr(b, e->a);
		stat_note_extract(b->s, e);
		break;
	case AST_HIST:
		bind_hist(b, e);
		break;
	case AST_HIST_INDEX:
		bind_hist(b, e->a);
		bind_expr(b, e->b);
		break;
	case AST_DEFINED:
		BUG("@defined is always decided");
	case AST_EMBED:
		embed_bind(b->s, e, b->file);
		break;
	case AST_TARGET:
	case AST_ATVAR:
	case AST_CAST:
	case AST_AUTOCAST:
		bind_form(b, e);
		break;
	case AST_ENTRY:
	case AST_ENUM:
	case AST_ENUMNAME:
	case AST_REGISTER:
	case AST_DEREF:
		bind_operator(b, e);
		break;
	case AST_PROBEWRITE:
		probewrite_decide(b->s, e, b->user_body);
		break;
	case AST_PERF:
	case AST_CONST:
		unsupported(b, e->loc, unsupported_kinds[e->kind]);
		break;
	}
}

/* An expression whose value is dropped. */
static void bind_void(struct binder *b, struct ast_expr *e)
{
	if (!e)
		return;
	b->void_ok = true;
	bind_expr(b, e);
}

/* --- statements --- */

static struct symbol *bind_loop_var(struct binder *b, const char *name,
				    struct loc loc)
{
	struct symbol *sym = find_or_add(b, name, loc);

	use_arity(b, sym, 0, loc);
	sym->written = true;
	return sym;
}

/* What the buckets of a histogram do not have, arrays do. */
static void bind_foreach_hist(struct binder *b, const struct ast_foreach *f)
{
	bind_expr(b, f->array);
	if (f->keys.len != 1)
		diag_error(b->s->diag, f->array->loc, FOREACH_SLICE,
			   f->keys.len, (size_t)1);
	if (f->direction)
		unsupported(b, f->array->loc, "sorting the buckets of a histogram");
	if (f->has_slice)
		unsupported(b, f->array->loc, "a slice of a histogram");
}

static void bind_foreach_array(struct binder *b, const struct ast_foreach *f)
{
	struct ast_expr *a = f->array;

	a->sym = find_array(b, a->name, f->keys.len, a->loc);
	if (a->sym) {
		a->sym->read = true;
		stat_note_sort(a->sym, f->aggr);
	}
}

static void bind_foreach(struct binder *b, struct ast_stmt *st)
{
	struct ast_foreach *f = st->foreach;
	struct arena *arena = b->s->arena;
	struct ast_expr *a = f->array;
	size_t i;

	if (f->limit)
		bind_expr(b, f->limit);
	if (a->kind == AST_HIST) {
		bind_foreach_hist(b, f);
	} else if (a->kind == AST_NAME) {
		bind_foreach_array(b, f);
	} else {
		bind_expr(b, a);
		return;
	}
	if (f->has_slice) {
		if (f->slice.len != f->keys.len)
			diag_error(b->s->diag, a->loc, FOREACH_SLICE,
				   f->slice.len, f->keys.len);
		bind_list(b, &f->slice);
	}
	f->value = NULL;
	f->key_syms.at = NULL;
	f->key_syms.len = f->key_syms.cap = 0;
	if (f->value_name)
		f->value = bind_loop_var(b, f->value_name, f->value_loc);
	for (i = 0; i < f->keys.len; i++)
		vec_push(arena, &f->key_syms,
			 bind_loop_var(b, f->keys.at[i], f->key_locs.at[i]));
	b->loops++;
	if (a->sym)
		vec_push(arena, &b->iterated, a->sym);
	bind_stmt(b, st->body);
	if (a->sym)
		b->iterated.len--;
	b->loops--;
}

static void bind_if(struct binder *b, struct ast_stmt *st)
{
	struct target_place place = place_of(b);
	struct ast_stmt *taken;
	int64_t v;

	if (!fold_decides(&place, st->expr, &v)) {
		bind_expr(b, st->expr);
		bind_stmt(b, st->body);
		if (st->otherwise)
			bind_stmt(b, st->otherwise);
		return;
	}
	taken = v ? st->body : st->otherwise;
	if (taken) {
		*st = *taken;
		bind_stmt(b, st);
	} else {
		st->kind = AST_EMPTY;
	}
}

static void bind_loop(struct binder *b, struct ast_stmt *st)
{
	bind_void(b, st->init);
	if (st->expr)
		bind_expr(b, st->expr);
	b->loops++;
	bind_stmt(b, st->body);
	b->loops--;
	bind_void(b, st->update);
}

static void bind_try(struct binder *b, struct ast_stmt *st)
{
	bind_stmt(b, st->body);
	if (st->name)
		st->sym = bind_loop_var(b, st->name, st->name_loc);
	if (st->otherwise)
		bind_stmt(b, st->otherwise);
}

static void bind_stmt(struct binder *b, struct ast_stmt *st)
{
	struct ast_stmt *const *it;

	switch (st->kind) {
	case AST_BLOCK:
		vec_foreach(it, &st->stmts)
			bind_stmt(b, *it);
		break;
	case AST_EXPR_STMT:
		bind_void(b, st->expr);
		break;
	case AST_IF:
		bind_if(b, st);
		break;
	case AST_WHILE:
	case AST_FOR:
		bind_loop(b, st);
		break;
	case AST_FOREACH:
		bind_foreach(b, st);
		break;
	case AST_RETURN:
		if (st->expr)
			bind_expr(b, st->expr);
		break;
	case AST_DELETE:
		bind_delete(b, st->expr);
		break;
	case AST_NEXT:
	case AST_EMPTY:
		break;
	case AST_BREAK:
		if (!b->loops)
			diag_error(b->s->diag, st->loc, LOOP_OUTSIDE, "break");
		break;
	case AST_CONTINUE:
		if (!b->loops)
			diag_error(b->s->diag, st->loc, LOOP_OUTSIDE,
				   "continue");
		break;
	case AST_TRY:
		bind_try(b, st);
		break;
	case AST_EMBED_STMT:
		embed_bind(b->s, st->expr, b->file);
		break;
	}
}

/* --- all of it --- */

/* What @entry saved is taken before all else. */
static void bind_taken(struct binder *b, struct draft *d)
{
	ast_stmts *bodies = &d->handler->bodies;
	struct ast_stmt *first = entry_finish(b->s, d);

	if (!first)
		return;
	bind_stmt(b, first);
	vec_push(b->s->arena, &d->bodies,
		 (struct body){ first, d->bodies.at[0].file });
	vec_push(b->s->arena, bodies, first);
	memmove(bodies->at + 1, bodies->at,
		(bodies->len - 1) * sizeof(bodies->at[0]));
	bodies->at[0] = first;
}

static void bind_draft(struct sema *s, struct draft *d)
{
	struct binder b = { .s = s,
			    .locals = &d->handler->locals,
			    .attach = d->attach,
			    .at = d->at,
			    .entries = d->entries,
			    .user_body = d->user_body };
	const struct condition *c;
	const struct body *body;

	vec_foreach(c, &d->conditions) {
		b.file = c->file;
		if (conditions_check(s, c))
			bind_expr(&b, c->expr);
	}
	vec_foreach(body, &d->bodies) {
		b.file = body->file;
		bind_stmt(&b, body->stmt);
	}
	bind_taken(&b, d);
	hmap_release(&b.index);
}

/* Say how the user's script led to an error in the library. */
static void note_calls(struct sema *s, const struct function *fn)
{
	for (; fn && fn->ast->file->library; fn = fn->caller)
		diag_note(s->diag, fn->called_at, LIBRARY_CALLED, fn->name);
}

static void bind_function(struct sema *s, struct function *fn)
{
	struct binder b = {
		.s = s, .fn = fn, .locals = &fn->locals, .file = fn->ast->file
	};
	unsigned errors = s->diag->errors;

	bind_stmt(&b, fn->ast->body);
	if (s->diag->errors != errors)
		note_calls(s, fn);
	hmap_release(&b.index);
}

void bind_rest(struct sema *s, struct function *fn, const struct draft *d,
	       struct ast_expr *e)
{
	struct binder b = { .s = s, .fn = fn };

	b.locals = fn ? &fn->locals : &d->handler->locals;
	b.file = fn ? fn->ast->file : d->bodies.at[0].file;
	if (d) {
		b.attach = d->attach;
		b.at = d->at;
	}
	bind_expr(&b, e);
	hmap_release(&b.index);
}

void bind_all(struct sema *s)
{
	size_t *i = &s->bound_drafts, *k = &s->bound_functions;

	/* Both lists grow as calls are found: of functions, and of handlers
	 * that come with the library. */
	while (*i < s->drafts.len || *k < s->prog->functions.len) {
		struct draft d;

		if (*i < s->drafts.len) {
			size_t at = (*i)++;

			d = s->drafts.at[at];
			bind_draft(s, &d);
			s->drafts.at[at] = d;
		} else {
			bind_function(s, s->prog->functions.at[(*k)++]);
		}
	}
}
