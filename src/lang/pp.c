/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Preprocessor (see pp.h): the token stream itself. macro.c knows the macros,
 * cond.c the conditionals; pp_internal.h says how the three fit together.
 *
 * Without macros in sight a token goes from the lexer straight into the
 * parser's hands.
 */
#include "lang/pp_internal.h"

#include <string.h>

struct pp *pp_open(struct lang *l, const struct source *src,
		   enum lang_flags flags)
{
	struct pp *p = arena_new(l->arena, struct pp);

	p->l = l;
	p->src = src;
	p->user = !(flags & LANG_LIBRARY);
	p->errors_before = l->diag->errors;
	lexer_init(&p->lx, l, src, flags);
	return p;
}

/* Point at the first }% in embedded code. */
static void warn_of_close(struct pp *p, const struct token *t)
{
	const char *at = memmem(t->str, t->len, "}%", 2);
	struct loc loc = t->loc;

	if (!at)
		return;
	/* Pasted code may stand at its $N, which is shorter. */
	if (loc.len > t->len) {
		loc.off += (uint32_t)(at - t->str) + 2;
		loc.len = 2;
	}
	diag_warn(p->l->diag, loc, EMBED_SUSPECT_CLOSE);
}

void pp_report_fault(struct pp *p, const struct token *t)
{
	struct diag *d = p->l->diag;

	switch ((enum tok_fault)t->fault) {
	case FAULT_NONE:
		break;
	case FAULT_NUMBER:
		diag_error(d, t->loc, NUMBER_INVALID);
		break;
	case FAULT_STRING:
		diag_error(d, t->loc, STRING_UNCLOSED);
		break;
	case FAULT_EMBED:
		diag_error(d, t->loc, EMBED_UNCLOSED);
		warn_of_close(p, t);
		break;
	case FAULT_EMBED_SUSPECT:
		warn_of_close(p, t);
		break;
	case FAULT_ARG_NESTED:
		diag_error(d, t->loc, ARG_NESTED);
		break;
	case FAULT_ARG_RANGE:
		diag_error(d, t->loc, ARG_RANGE,
			   (unsigned long)p->l->env->n_args);
		break;
	}
}

void pp_push(struct pp *p, struct span tokens, const struct scope *scope,
	     uint32_t origin, bool glued)
{
	vec_push(p->l->arena, &p->frames,
		 (struct frame){ .left = tokens,
				 .scope = scope,
				 .origin = origin,
				 .fresh = true,
				 .glued = glued });
}

void pp_unwind(struct pp *p)
{
	p->frames.len = 0;
	while (p->conds.len && vec_last(&p->conds).depth)
		p->conds.len--;
}

/* A token of the topmost frame. */
static void frame_take(struct pp *p, struct frame *f, struct token *t)
{
	*t = *f->left.at++;
	t->loc.origin = f->origin;
	if (f->fresh)
		t->glued = f->glued;
	f->fresh = false;
	p->macro_tokens++;
}

void pp_give_up(struct pp *p, struct loc loc)
{
	if (!p->spent)
		diag_error(p->l->diag, loc, MACRO_TOO_LARGE, MAX_MACRO_TOKENS);
	p->spent = true;
	p->frames.len = 0;
	p->conds.len = 0;
}

void pp_raw(struct pp *p, struct token *t, const struct scope **scope)
{
	while (p->frames.len) {
		struct frame *f = &vec_last(&p->frames);

		if (f->left.at < f->left.end) {
			*scope = f->scope;
			frame_take(p, f, t);
			if (p->macro_tokens <= MAX_MACRO_TOKENS)
				return;
			pp_give_up(p, t->loc);
			break;
		}
		p->frames.len--;
	}
	*scope = &p->file_scope;
	lexer_next(&p->lx, t);
	if (p->spent) {
		t->kind = TOK_EOF;
		t->loc.cls = TC_EOF;
		t->loc.origin = 0;
	}
	p->saw_raw |= t->kind != TOK_EOF;
}

void pp_expanded(struct pp *p, struct token *t)
{
	const struct scope *scope;

	for (;;) {
		pp_raw(p, t, &scope);
		if (t->kind != TOK_AT)
			return;
		if (macro_is_define(t))
			macro_define(p);
		else if (!macro_expand(p, t, scope))
			return;
	}
}

/* A script of nothing says so, since the run would do nothing. */
static void at_eof(struct pp *p)
{
	struct diag *d = p->l->diag;

	if (p->done)
		return;
	p->done = true;
	cond_at_eof(p);
	if (!p->user || p->saw_any || d->errors != p->errors_before)
		return;
	if (p->saw_raw)
		diag_error(d, (struct loc){ 0 }, PP_EMPTY_AFTER, p->src->name);
	else
		diag_error(d, (struct loc){ 0 }, PP_EMPTY_FILE, p->src->name);
}

void pp_next(struct pp *p, struct token *out)
{
	for (;;) {
		pp_expanded(p, out);
		if (out->kind == TOK_PP_OPEN) {
			cond_open(p, out);
		} else if (out->kind == TOK_PP_ELSE) {
			cond_else(p, out);
		} else if (out->kind == TOK_PP_CLOSE) {
			cond_close(p, out);
		} else if (out->kind == TOK_EOF) {
			at_eof(p);
			return;
		} else {
			break;
		}
	}
	p->saw_any = true;
	if (out->fault && !p->l->diag->mute)
		pp_report_fault(p, out);
}
