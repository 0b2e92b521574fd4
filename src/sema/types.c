/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Type inference (language.md section 9).
 *
 * Every variable, array column, parameter and result is a slot that is unknown
 * until something says what it is. Where two unknown slots must agree they are
 * linked, and what one learns the other does. So one walk over all bodies tells
 * all there is to know; a second one fills in the types of expressions and
 * reports what is in conflict and what stayed unknown.
 */
#include "base/bug.h"
#include "base/fmt.h"
#include "lang/token.h"
#include "sema/internal.h"

/* A slot that is linked to others. */
struct slot_node {
	enum ast_type *slot;
	struct loc *loc; /* where its type came from */
	VEC(struct slot_node *) links;
};

struct types {
	struct sema *s;
	struct diag *diag;
	struct function *fn;  /* whose body is walked, or NULL */
	bool report;          /* the second walk */
	struct arena scratch; /* slot nodes and parsed formats */
	struct hmap nodes;    /* address of a slot → its node */
};

static enum ast_type infer(struct types *t, struct ast_expr *e,
			   enum ast_type want);

/* --- slots --- */

static struct slot_node *node_of(struct types *t, enum ast_type *slot,
				 struct loc *loc)
{
	struct slot_node *n =
		hmap_get(&t->nodes, (const char *)&slot, sizeof(slot));

	if (n)
		return n;
	n = arena_new(&t->scratch, struct slot_node);
	n->slot = slot;
	n->loc = loc;
	hmap_put(&t->nodes, (const char *)&n->slot, sizeof(n->slot), n);
	return n;
}

/* Two unknown slots that must agree. */
static void link_slots(struct types *t, enum ast_type *a, struct loc *a_loc,
		       enum ast_type *b, struct loc *b_loc)
{
	struct slot_node *na, *nb;

	if (t->report || a == b)
		return;
	na = node_of(t, a, a_loc);
	nb = node_of(t, b, b_loc);
	vec_push(&t->scratch, &na->links, nb);
	vec_push(&t->scratch, &nb->links, na);
}

/* Tell an unknown slot its type, and all it is linked to. */
static void set_slot(struct types *t, enum ast_type *slot, struct loc *slot_loc,
		     enum ast_type type, struct loc loc)
{
	VEC(struct slot_node *) todo = { 0 };
	struct slot_node *n, **link;

	*slot = type;
	*slot_loc = loc;
	n = hmap_get(&t->nodes, (const char *)&slot, sizeof(slot));
	while (n) {
		vec_foreach(link, &n->links) {
			if (*(*link)->slot != TY_UNKNOWN)
				continue;
			*(*link)->slot = type;
			*(*link)->loc = loc;
			vec_push(NULL, &todo, *link);
		}
		n = todo.len ? todo.at[--todo.len] : NULL;
	}
	vec_release(&todo);
}

/* The slot that an expression of unknown type takes its value from, or NULL. */
static enum ast_type *slot_of(const struct ast_expr *e, struct loc **loc)
{
	while (e->kind == AST_ASSIGN || e->kind == AST_COND)
		e = e->kind == AST_ASSIGN ? e->a : e->b;
	if ((e->kind == AST_NAME || e->kind == AST_INDEX) && e->sym) {
		*loc = &e->sym->type_loc;
		return &e->sym->type;
	}
	if (e->kind == AST_CALL && e->fn) {
		*loc = &e->fn->type_loc;
		return &e->fn->type;
	}
	return NULL;
}

/* An expression and a slot, both unknown, that must agree. */
static void link_expr(struct types *t, const struct ast_expr *e,
		      enum ast_type *slot, struct loc *slot_loc)
{
	struct loc *loc;
	enum ast_type *own = slot_of(e, &loc);

	if (own && *own == TY_UNKNOWN)
		link_slots(t, own, loc, slot, slot_loc);
}

/* The type is what it is; say so if the place wants another. */
static enum ast_type settle(struct types *t, struct ast_expr *e,
			    enum ast_type type, enum ast_type want)
{
	e->type = type;
	if (t->report && want != TY_UNKNOWN && want != type)
		diag_error(t->diag, e->loc, TYPE_EXPECTED, type_name(want),
			   type_name(type));
	return type;
}

/* A use of a slot by an expression. */
static enum ast_type use_slot(struct types *t, struct ast_expr *e,
			      enum ast_type *slot, struct loc *slot_loc,
			      enum ast_type want)
{
	if (want != TY_UNKNOWN && *slot == TY_UNKNOWN) {
		set_slot(t, slot, slot_loc, want, e->loc);
	} else if (t->report && want != TY_UNKNOWN && *slot != want) {
		diag_error(t->diag, e->loc, TYPE_MISMATCH, type_name(want));
		if (loc_is_set(*slot_loc))
			diag_note(t->diag, *slot_loc, TYPE_FIRST,
				  type_name(*slot));
	}
	e->type = *slot;
	return *slot;
}

/* Make two slots agree, say of an array's values and a loop variable. */
static void join_slots(struct types *t, enum ast_type *a, struct loc *a_loc,
		       enum ast_type *b, struct loc *b_loc, struct loc loc)
{
	if (*a == *b) {
		if (*a == TY_UNKNOWN)
			link_slots(t, a, a_loc, b, b_loc);
	} else if (*a == TY_UNKNOWN) {
		set_slot(t, a, a_loc, *b, loc);
	} else if (*b == TY_UNKNOWN) {
		set_slot(t, b, b_loc, *a, loc);
	} else if (t->report) {
		diag_error(t->diag, loc, TYPE_MISMATCH, type_name(*a));
		diag_note(t->diag, *b_loc, TYPE_FIRST, type_name(*b));
	}
}

/* An expression that fills a slot. Returns false if they disagree. */
static bool fill_slot(struct types *t, struct ast_expr *e, enum ast_type *slot,
		      struct loc *slot_loc)
{
	enum ast_type type = infer(t, e, TY_UNKNOWN);

	if (type == TY_UNKNOWN && *slot == TY_UNKNOWN)
		link_expr(t, e, slot, slot_loc);
	else if (type == TY_UNKNOWN)
		type = infer(t, e, *slot);
	else if (*slot == TY_UNKNOWN && type != TY_VOID)
		set_slot(t, slot, slot_loc, type, e->loc);
	return type == *slot || type == TY_VOID;
}

static void infer_keys(struct types *t, const ast_exprs *list,
		       struct symbol *sym)
{
	size_t i;

	for (i = 0; i < list->len; i++) {
		struct ast_expr *e = list->at[i];

		if (e->kind == AST_WILDCARD)
			continue;
		if (!sym || i >= SYM_MAX_KEYS) {
			infer(t, e, TY_UNKNOWN);
			continue;
		}
		if (fill_slot(t, e, &sym->key_type[i], &sym->key_loc[i]) ||
		    !t->report)
			continue;
		diag_error(t->diag, e->loc, TYPE_INDEX, i + 1,
			   type_name(e->type));
		diag_note(t->diag, sym->key_loc[i], TYPE_FIRST,
			  type_name(sym->key_type[i]));
	}
}

/* --- expressions --- */

/* Two expressions of one type: sides of =, == and arms of ?:. */
static enum ast_type infer_pair(struct types *t, const struct ast_expr *e,
				struct ast_expr *a, struct ast_expr *b,
				enum ast_type want)
{
	enum ast_type ta = infer(t, a, want);
	enum ast_type tb = infer(t, b, TY_UNKNOWN), *slot;
	struct loc *loc;

	if (ta == TY_UNKNOWN && tb == TY_UNKNOWN &&
	    (slot = slot_of(b, &loc)) != NULL)
		link_expr(t, a, slot, loc);
	else if (ta == TY_UNKNOWN && tb != TY_UNKNOWN && tb != TY_VOID)
		ta = infer(t, a, tb);
	else if (tb == TY_UNKNOWN && ta != TY_UNKNOWN && ta != TY_VOID)
		tb = infer(t, b, ta);
	if (ta == TY_STATS || tb == TY_STATS)
		return ta; /* has been reported */
	if (t->report && ta != tb && ta != TY_VOID && tb != TY_VOID)
		diag_error(t->diag, e->loc, TYPE_SIDES, type_name(ta),
			   type_name(tb));
	return ta;
}

static enum ast_type infer_assign(struct types *t, struct ast_expr *e,
				  enum ast_type want)
{
	enum ast_type type;

	if (e->op == TOK_ASSIGN) {
		type = infer_pair(t, e, e->a, e->b, want);
		e->type = type;
		return type;
	}
	type = e->op == TOK_CAT_ASSIGN ? TY_STRING : TY_LONG;
	infer(t, e->a, e->op == TOK_AGGR ? TY_STATS : type);
	infer(t, e->b, type);
	return settle(t, e, type, want);
}

/* The slot of a parameter; inside a script function it is the symbol's. */
static enum ast_type *param_slot(struct function *f, size_t i, struct loc **loc)
{
	if (!f->ast) {
		*loc = &f->param_locs[i];
		return &f->param_types[i];
	}
	*loc = &f->params.at[i]->type_loc;
	return &f->params.at[i]->type;
}

/* The candidates of a call take and give the same types. */
static void join_overloads(struct types *t, struct function *f)
{
	struct loc *a_loc, *b_loc;
	enum ast_type *a, *b;
	unsigned i;

	for (; f->next; f = f->next) {
		for (i = 0; i < f->n_params; i++) {
			a = param_slot(f, i, &a_loc);
			b = param_slot(f->next, i, &b_loc);
			join_slots(t, a, a_loc, b, b_loc, *a_loc);
		}
		join_slots(t, &f->type, &f->type_loc, &f->next->type,
			   &f->next->type_loc, f->type_loc);
	}
}

static enum ast_type infer_call(struct types *t, struct ast_expr *e,
				enum ast_type want)
{
	struct function *f = e->fn;
	size_t i;

	join_overloads(t, f);
	for (i = 0; i < e->list.len; i++) {
		struct ast_expr *arg = e->list.at[i];
		struct loc *loc;
		enum ast_type *slot = param_slot(f, i, &loc);

		if (fill_slot(t, arg, slot, loc) || !t->report)
			continue;
		diag_error(t->diag, arg->loc, TYPE_MISMATCH,
			   type_name(arg->type));
		if (loc_is_set(*loc))
			diag_note(t->diag, *loc, TYPE_FIRST, type_name(*slot));
	}
	if (f->type == TY_VOID) {
		e->type = TY_VOID;
		return TY_VOID;
	}
	return use_slot(t, e, &f->type, &f->type_loc, want);
}

/* Whether an expression is a statistic by itself. A local is none: that it
 * takes a statistic's type is reported where it does. */
static bool is_stats(const struct ast_expr *e)
{
	return (e->kind == AST_NAME || e->kind == AST_INDEX) && e->sym &&
	       e->sym->kind == SYM_GLOBAL && e->sym->type == TY_STATS;
}

static void infer_hist(struct types *t, struct ast_expr *e)
{
	infer(t, e->a, TY_STATS);
	e->type = TY_STATS;
}

/* An argument of a print call; only there a histogram stands by itself. */
static void infer_argument(struct types *t, struct ast_expr *e,
			   enum ast_type want)
{
	if (e->kind == AST_HIST)
		infer_hist(t, e);
	else if (t->report && is_stats(e) && want == TY_UNKNOWN)
		diag_error(t->diag, e->loc, STATS_PRINT);
	else
		infer(t, e, want);
}

static enum ast_type infer_print(struct types *t, struct ast_expr *e,
				 enum ast_type want)
{
	struct fmt fmt = { 0 };
	size_t i, at;
	bool by_format =
		e->print == PRINT_PRINTF &&
		fmt_parse(&t->scratch, e->str, e->len, &fmt, &at) == FMT_OK;

	for (i = 0; i < e->list.len; i++) {
		enum ast_type type = TY_UNKNOWN;

		if (e->print == PRINT_CHAR)
			type = TY_LONG;
		else if (by_format && i < fmt.n_args)
			type = fmt_arg_type(&fmt, i) == 's' ? TY_STRING :
							      TY_LONG;
		infer_argument(t, e->list.at[i], type);
	}
	return settle(t, e, e->to_string ? TY_STRING : TY_LONG, want);
}

/* Bucket number e of a histogram. */
static void infer_bucket(struct types *t, struct ast_expr *hist,
			 struct ast_expr *e)
{
	infer_hist(t, hist);
	if (e->kind != AST_WILDCARD)
		infer(t, e, TY_LONG);
}

static enum ast_type infer_symbol(struct types *t, struct ast_expr *e,
				  enum ast_type want)
{
	if (e->kind == AST_INDEX)
		infer_keys(t, &e->list, e->sym);
	/* Not bound: that has been reported. */
	if (!e->sym)
		return settle(t, e, want == TY_UNKNOWN ? TY_LONG : want, want);
	return use_slot(t, e, &e->sym->type, &e->sym->type_loc, want);
}

static enum ast_type infer_all(struct types *t, struct ast_expr *e,
			       enum ast_type operands, enum ast_type type,
			       enum ast_type want)
{
	struct ast_expr **it;

	vec_foreach(it, &e->list)
		infer(t, *it, operands);
	if (e->a)
		infer(t, e->a, operands);
	if (e->b)
		infer(t, e->b, operands);
	return settle(t, e, type, want);
}

static enum ast_type infer_kind(struct types *t, struct ast_expr *e,
				enum ast_type want)
{
	enum ast_type type;

	switch (e->kind) {
	case AST_NUMBER:
		return settle(t, e, TY_LONG, want);
	case AST_STRING:
		return settle(t, e, TY_STRING, want);
	case AST_NAME:
	case AST_INDEX:
		return infer_symbol(t, e, want);
	case AST_IN:
		if (e->a->kind != AST_HIST)
			infer_keys(t, &e->list, e->sym);
		else
			infer_bucket(t, e->a, e->list.at[0]);
		return settle(t, e, TY_LONG, want);
	case AST_STAT:
		infer(t, e->a, TY_STATS);
		return settle(t, e, TY_LONG, want);
	case AST_HIST_INDEX:
		infer_bucket(t, e->a, e->b);
		return settle(t, e, TY_LONG, want);
	case AST_UNARY:
	case AST_PREFIX:
	case AST_POSTFIX:
	case AST_BINARY:
	case AST_LOGIC:
		return infer_all(t, e, TY_LONG, TY_LONG, want);
	case AST_CONCAT:
		return infer_all(t, e, TY_STRING, TY_STRING, want);
	case AST_COMPARE:
		infer_pair(t, e, e->a, e->b, TY_UNKNOWN);
		return settle(t, e, TY_LONG, want);
	case AST_ASSIGN:
		return infer_assign(t, e, want);
	case AST_COND:
		infer(t, e->a, TY_LONG);
		type = infer_pair(t, e, e->b, e->c, want);
		e->type = type;
		return type;
	case AST_CALL:
		return infer_call(t, e, want);
	case AST_REGEX:
		infer(t, e->a, TY_STRING);
		return settle(t, e, TY_LONG, want);
	case AST_PRINT:
		return infer_print(t, e, want);
	case AST_CONTEXT:
		if (e->a)
			infer(t, e->a, TY_LONG);
		return settle(t, e, TY_LONG, want);
	case AST_EMBED:
		return settle(t, e, e->to_string ? TY_STRING : TY_LONG, want);
	case AST_WILDCARD:
	case AST_TARGET:
	case AST_ATVAR:
	case AST_CAST:
	case AST_AUTOCAST:
	case AST_ENTRY:
	case AST_DEFINED:
	case AST_PROBEWRITE:
	case AST_PERF:
	case AST_CONST:
	case AST_ENUM:
	case AST_ENUMNAME:
	case AST_REGISTER:
	case AST_DEREF:
	case AST_HIST:
		break;
	}
	BUG("expression kind %d came past binding", (int)e->kind);
}

/* Infer an expression whose value is used. */
static enum ast_type infer(struct types *t, struct ast_expr *e,
			   enum ast_type want)
{
	enum ast_type type = infer_kind(t, e, want);

	if (t->report && (type == TY_UNKNOWN || type == TY_VOID) &&
	    (e->kind == AST_NAME || e->kind == AST_INDEX ||
	     e->kind == AST_CALL))
		diag_error(t->diag, e->loc, TYPE_UNRESOLVED);
	if (t->report && is_stats(e) && want == TY_UNKNOWN) {
		if (e->kind == AST_INDEX)
			diag_error(t->diag, e->loc, STATS_ELEMENT);
		else
			diag_error(t->diag, e->loc, TYPE_INVALID,
				   type_name(TY_STATS));
	}
	return type;
}

/* One whose value is dropped: a call may have none. */
static void infer_void(struct types *t, struct ast_expr *e)
{
	if (e->kind == AST_CALL)
		infer_call(t, e, TY_UNKNOWN);
	else
		infer(t, e, TY_UNKNOWN);
}

/* --- statements --- */

/* A loop variable that gets a number. */
static void infer_loop_long(struct types *t, struct symbol *sym, struct loc loc)
{
	enum ast_type type = TY_LONG;
	struct loc type_loc = loc;

	join_slots(t, &type, &type_loc, &sym->type, &sym->type_loc, loc);
}

static void infer_foreach_hist(struct types *t, struct ast_foreach *f)
{
	infer_hist(t, f->array);
	if (f->value)
		infer_loop_long(t, f->value, f->value_loc);
	infer_loop_long(t, f->key_syms.at[0], f->key_locs.at[0]);
}

static void infer_foreach(struct types *t, struct ast_foreach *f)
{
	struct symbol *array = f->array->sym;
	size_t i;

	if (f->limit)
		infer(t, f->limit, TY_LONG);
	if (f->array->kind == AST_HIST) {
		infer_foreach_hist(t, f);
		return;
	}
	infer_keys(t, &f->slice, array);
	if (!array)
		return;
	if (f->aggr != STAT_NONE)
		use_slot(t, f->array, &array->type, &array->type_loc,
			 TY_STATS);
	if (f->value && array->type == TY_STATS) {
		if (t->report)
			diag_error(t->diag, f->value_loc, TYPE_INVALID,
				   type_name(TY_STATS));
	} else if (f->value)
		join_slots(t, &array->type, &array->type_loc, &f->value->type,
			   &f->value->type_loc, f->value_loc);
	for (i = 0; i < f->key_syms.len && i < SYM_MAX_KEYS; i++)
		join_slots(t, &array->key_type[i], &array->key_loc[i],
			   &f->key_syms.at[i]->type,
			   &f->key_syms.at[i]->type_loc, f->key_locs.at[i]);
	f->array->type = array->type;
}

static void infer_return(struct types *t, struct ast_stmt *st)
{
	struct function *f = t->fn;

	if (!st->expr || !f)
		return;
	if (fill_slot(t, st->expr, &f->type, &f->type_loc) || !t->report ||
	    st->expr->type == TY_UNKNOWN)
		return;
	diag_error(t->diag, st->expr->loc, TYPE_MISMATCH,
		   type_name(st->expr->type));
	diag_note(t->diag, f->type_loc, TYPE_FIRST, type_name(f->type));
}

static void infer_delete(struct types *t, struct ast_expr *e)
{
	if (e->kind == AST_INDEX)
		infer_keys(t, &e->list, e->sym);
	if (e->sym)
		e->type = e->sym->type;
}

static void infer_stmt(struct types *t, struct ast_stmt *st)
{
	struct ast_stmt **it;
	struct loc name_loc = st->name_loc;
	enum ast_type string = TY_STRING;

	switch (st->kind) {
	case AST_BLOCK:
		vec_foreach(it, &st->stmts)
			infer_stmt(t, *it);
		return;
	case AST_EXPR_STMT:
		infer_void(t, st->expr);
		return;
	case AST_IF:
	case AST_WHILE:
	case AST_FOR:
		if (st->init)
			infer_void(t, st->init);
		if (st->expr)
			infer(t, st->expr, TY_LONG);
		if (st->update)
			infer_void(t, st->update);
		break;
	case AST_FOREACH:
		infer_foreach(t, st->foreach);
		break;
	case AST_RETURN:
		infer_return(t, st);
		return;
	case AST_DELETE:
		infer_delete(t, st->expr);
		return;
	case AST_TRY:
		if (st->sym)
			join_slots(t, &string, &name_loc, &st->sym->type,
				   &st->sym->type_loc, st->name_loc);
		break;
	case AST_NEXT:
	case AST_BREAK:
	case AST_CONTINUE:
	case AST_EMPTY:
	case AST_EMBED_STMT:
		return;
	}
	if (st->body)
		infer_stmt(t, st->body);
	if (st->otherwise)
		infer_stmt(t, st->otherwise);
}

/* --- all of it --- */

static void walk(struct types *t)
{
	struct handler **h;
	struct function **f;
	struct ast_stmt **st;
	struct ast_expr **c;

	vec_foreach(h, &t->s->prog->handlers) {
		vec_foreach(c, &(*h)->conditions)
			infer(t, *c, TY_LONG);
		vec_foreach(st, &(*h)->bodies)
			infer_stmt(t, *st);
	}
	vec_foreach(f, &t->s->prog->functions) {
		t->fn = *f;
		if ((*f)->ast->body)
			infer_stmt(t, (*f)->ast->body);
	}
	t->fn = NULL;
}

static void check_symbol(struct types *t, struct symbol *sym)
{
	int i;
	bool known = sym->type != TY_UNKNOWN;

	for (i = 0; i < sym->n_keys; i++)
		known &= sym->key_type[i] != TY_UNKNOWN;
	if (!known)
		diag_error(t->diag, sym->loc, TYPE_UNRESOLVED);
}

void types_infer(struct sema *s)
{
	struct types t = { .s = s, .diag = s->diag };
	struct function **f;
	struct symbol **sym;
	unsigned before, i;

	walk(&t);
	vec_foreach(f, &s->prog->functions)
		if ((*f)->type == TY_UNKNOWN)
			(*f)->type = TY_VOID;
	before = s->diag->errors;
	t.report = true;
	walk(&t);
	vec_foreach(f, &s->prog->functions)
		for (i = 0; i < (*f)->n_params; i++) {
			(*f)->param_types[i] = (*f)->params.at[i]->type;
			(*f)->param_locs[i] = (*f)->params.at[i]->type_loc;
		}
	/* A global that only stands in places which say nothing of it. */
	if (s->diag->errors == before)
		vec_foreach(sym, &s->prog->globals)
			check_symbol(&t, *sym);
	hmap_release(&t.nodes);
	arena_release(&t.scratch);
}
