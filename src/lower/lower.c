/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pass 3: typed program to IR, one function after the other.
 *
 * Ids carry over: globals have the ids of their symbols, functions come first
 * among the IR's functions with their own ids, handlers follow in order.
 */
#include "lower/lower.h"

#include "base/bug.h"
#include "lower/internal.h"

void lower_unsupported(struct lower *c, struct loc loc, const char *what)
{
	diag_error(c->diag, loc, UNSUPPORTED, what);
}

void lower_embed(struct lower *c, const struct ast_expr *e)
{
	diag_error(c->diag, e->loc, EMBED_RUNTIME, c->opt->runtime);
}

/* A name no other has: private things of two files, and overloads, share
 * theirs in the script. */
static const char *unique_name(struct lower *c, struct hmap *seen,
			       const char *name)
{
	const char *try = name;
	unsigned n = 1;

	while (hmap_puts(seen, try, seen))
		try = arena_printf(c->arena, "%s.%u", name, ++n);
	return try;
}

/* --- globals --- */

static void set_initial(const struct symbol *sym, struct ir_global *g)
{
	if (!sym->init)
		return;
	if (sym->init->kind == AST_STRING)
		g->init_str = sym->init->str;
	else
		g->init_num = sym->init->num;
}

static void lower_global(struct lower *c, const struct symbol *sym,
			 struct hmap *names)
{
	const struct limits *limits = &c->opt->limits;
	struct ir_global g = {
		.name = unique_name(c, names, sym->name),
		.kind = sym->n_keys > 0 ? IR_MAP : IR_SCALAR,
		.type = lower_type(sym->type),
	};
	int i;

	if (g.type == IR_STR)
		g.bound = limits->maxstringlen;
	if (sym->type == TY_STATS) {
		g.type = IR_STAT;
		g.stat = lower_stat_kept(sym);
	}
	if (g.kind == IR_SCALAR) {
		set_initial(sym, &g);
		vec_push(c->p->arena, &c->p->globals, g);
		return;
	}
	g.n_keys = (uint32_t)sym->n_keys;
	for (i = 0; i < sym->n_keys; i++) {
		g.key_type[i] = lower_type(sym->key_type[i]);
		if (g.key_type[i] == IR_STR)
			g.key_bound[i] = limits->maxstringlen;
	}
	g.sized = sym->size > 0;
	g.size = g.sized ? (uint32_t)sym->size : limits->maxmapentries;
	g.wrap = sym->wrap;
	vec_push(c->p->arena, &c->p->globals, g);
}

static void lower_globals(struct lower *c)
{
	struct hmap names = { 0 };
	size_t i;

	for (i = 0; i < c->sp->globals.len; i++)
		lower_global(c, c->sp->globals.at[i], &names);
	if (c->opt->timing)
		lower_timing_globals(c);
	hmap_release(&names);
}

/* --- functions and handlers --- */

/* All functions exist before any body is lowered, since calls name them. */
static void declare_functions(struct lower *c)
{
	struct hmap names = { 0 };
	size_t i;

	for (i = 0; i < c->sp->functions.len; i++) {
		const struct function *fn = c->sp->functions.at[i];
		enum ir_type ret = IR_VOID;
		struct ir_fn *f;

		BUG_ON(fn->id != i);
		if (fn->type == TY_LONG || fn->type == TY_STRING)
			ret = lower_type(fn->type);
		f = ir_fn_new(c->p, unique_name(c, &names, fn->name),
			      IR_FN_FUNCTION, ret);
		f->n_params = (uint32_t)fn->params.len;
	}
	for (i = 0; i < c->sp->handlers.len; i++)
		ir_fn_new(c->p,
			  unique_name(c, &names, c->sp->handlers.at[i]->name),
			  IR_FN_HANDLER, IR_VOID);
	if (c->opt->timing)
		ir_fn_new(c->p, unique_name(c, &names, "report"),
			  IR_FN_HANDLER, IR_VOID);
	hmap_release(&names);
}

static void declare_vars(struct lower *c, const symbols *list)
{
	size_t i;

	for (i = 0; i < list->len; i++) {
		const struct symbol *sym = list->at[i];

		BUG_ON(sym->id != i);
		ir_reg_new(c->p, c->f, lower_type(sym->type), sym->name);
	}
}

static void start_function(struct lower *c, size_t ir_id,
			   const struct function *fn)
{
	c->f = c->p->fns.at[ir_id];
	c->fn = fn;
	c->scope = NULL;
	c->n_open = 0;
	c->locked = false;
	c->fail[0] = c->fail[1] = IR_NONE;
	c->args_again = NULL;
	c->owed = 0;
	c->cur = lower_block(c);
}

/* next hands the arguments to the next overload as they came. */
static void keep_arguments(struct lower *c, const struct function *fn)
{
	size_t i;

	if (!fn->next)
		return;
	c->args_again = arena_array(c->arena, ir_reg, fn->params.len);
	for (i = 0; i < fn->params.len; i++) {
		c->args_again[i] = lower_temp(c, c->f->regs.at[i].type);
		lower_emit1(c, IR_OP_MOV, c->args_again[i], (ir_reg)i);
	}
}

static void lower_function(struct lower *c, const struct function *fn)
{
	start_function(c, fn->id, fn);
	declare_vars(c, &fn->params);
	declare_vars(c, &fn->locals);
	c->n_vars = (uint32_t)c->f->regs.len;
	keep_arguments(c, fn);
	lower_body(c, fn->ast->body);
}

/* Returns the block where one is not met, IR_NONE if there are none. */
static ir_block_id lower_conditions(struct lower *c, const struct handler *h)
{
	ir_block_id yes, no = IR_NONE;
	size_t i;

	for (i = 0; i < h->conditions.len; i++) {
		yes = lower_block(c);
		if (no == IR_NONE)
			no = lower_block(c);
		lower_test(c, h->conditions.at[i], yes, no);
		lower_continue_in(c, yes);
	}
	if (no != IR_NONE)
		ir_emit(c->p, c->f, no, IR_OP_RET, IR_NONE, NULL, 0);
	return no;
}

static void lower_handler(struct lower *c, const struct handler *h)
{
	ir_reg start = IR_NONE;
	ir_block_id unmet;

	start_function(c, c->sp->functions.len + h->id, NULL);
	declare_vars(c, &h->locals);
	c->n_vars = (uint32_t)c->f->regs.len;
	unmet = lower_conditions(c, h);
	if (c->opt->timing)
		start = lower_timing_begin(c);
	c->handler = h;
	lower_handler_bodies(c, h);
	if (c->opt->timing)
		lower_timing_end(c, h, start, unmet);
}

/* The last block made by lowering is empty when nothing reaches it. */
static void end_blocks(struct lower *c)
{
	size_t i, b;

	for (i = 0; i < c->p->fns.len; i++) {
		c->f = c->p->fns.at[i];
		for (b = 0; b < c->f->blocks.len; b++) {
			const struct ir_block *block = &c->f->blocks.at[b];

			c->cur = (ir_block_id)b;
			if (!block->insns.len ||
			    !(ir_op_info(vec_last(&block->insns).op)->flags &
			      IR_TERM))
				lower_emit0(c, IR_OP_JMP, IR_NONE)->t = c->cur;
		}
	}
}

/* --- probes --- */

static void lower_probe(struct lower *c, const struct sema_probe *sp)
{
	const struct resolved_probe *at = sp->at;
	struct ir_probe pr = {
		.attach = at->attach,
		.fn = (uint32_t)c->sp->functions.len + sp->handler->id,
		.point = at->point,
		.pn = at->pn,
		.s0 = at->s0,
		.s1 = at->s1,
		.n0 = at->n0,
		.n1 = at->n1,
		.n2 = at->n2,
		.target_only = at->target_only,
	};

	vec_push(c->p->arena, &c->p->probes, pr);
}

static void lower_all(struct lower *c)
{
	size_t i;

	for (i = 0; i < c->sp->embeds.len; i++)
		lower_embed(c, c->sp->embeds.at[i]);
	lower_plan_locks(c);
	if (!c->opt->nesting_given)
		c->p->limits.maxnesting = lower_nesting(c);
	lower_globals(c);
	declare_functions(c);
	for (i = 0; i < c->sp->functions.len; i++)
		lower_function(c, c->sp->functions.at[i]);
	for (i = 0; i < c->sp->handlers.len; i++)
		lower_handler(c, c->sp->handlers.at[i]);
	for (i = 0; i < c->sp->probes.len; i++)
		lower_probe(c, &c->sp->probes.at[i]);
	if (c->opt->timing) {
		start_function(c, c->p->fns.len - 1, NULL);
		c->n_vars = 0;
		lower_timing_report(c, (uint32_t)c->p->fns.len - 1);
	}
	end_blocks(c);
	ir_pass_clean(c->p);
}

/* Executors bound handlers by more than the ticks that lowering leaves out. */
static void lift_time_limits(struct limits *l)
{
	l->maxaction = LIMIT_MOST_maxaction;
	l->maxaction_interruptible = LIMIT_MOST_maxaction_interruptible;
	l->maxtrylock = LIMIT_MOST_maxtrylock;
}

struct ir_prog *lower_program(struct arena *arena, const struct sema_prog *sp,
			      const struct lower_options *opt,
			      struct diag *diag)
{
	unsigned errors = diag->errors;
	struct strbuf err = STRBUF_INIT;
	struct lower c = {
		.arena = arena,
		.sp = sp,
		.opt = opt,
		.diag = diag,
		.p = ir_prog_new(arena),
		.text = STRBUF_INIT,
	};

	c.p->name = opt->name;
	c.p->limits = opt->limits;
	if (opt->suppress_time_limits)
		lift_time_limits(&c.p->limits);
	lower_all(&c);
	strbuf_release(&c.text);
	if (diag->errors != errors)
		return NULL;
	if (ir_check(c.p, &err))
		BUG("lowering: %s", err.buf);
	strbuf_release(&err);
	return c.p;
}
