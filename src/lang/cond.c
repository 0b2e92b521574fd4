/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * %( condition %? … %: … %) (language.md section 4).
 *
 * The conditions are comparisons of three tokens each, after macros; what they
 * may ask for is a table of left sides. A branch that is not taken is skipped
 * token by token and nothing in it is looked at but %( %: and %).
 */
#include "lang/pp_internal.h"

#include "base/bug.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

/* One comparison. */
struct triple {
	struct token left, op, right;
};

static bool is_ordering(enum tok op)
{
	return op == TOK_LT || op == TOK_LE || op == TOK_GT || op == TOK_GE;
}

static bool is_comparison(enum tok op)
{
	return op == TOK_EQ || op == TOK_NE || is_ordering(op);
}

/* Apply the operator to the sign of a comparison. */
static bool compare(enum tok op, int order)
{
	if (op == TOK_EQ)
		return order == 0;
	if (op == TOK_NE)
		return order != 0;
	if (op == TOK_LT)
		return order < 0;
	if (op == TOK_LE)
		return order <= 0;
	if (op == TOK_GT)
		return order > 0;
	return order >= 0;
}

static bool compare_numbers(enum tok op, int64_t a, int64_t b)
{
	return compare(op, (a > b) - (a < b));
}

/* --- strings --- */

/* The right side as a C string. */
static const char *right_text(struct pp *p, const struct triple *c)
{
	return arena_strndup(p->l->arena, c->right.str, c->right.len);
}

/* Compare a fact with the string on the right, which may be a pattern. False:
 * reported. order compares two strings. */
static bool compare_pattern(struct pp *p, const struct triple *c,
			    const char *fact,
			    int (*order)(const char *, const char *),
			    bool *result)
{
	const char *text = right_text(p, c);

	if (!strpbrk(text, "*?[")) {
		*result = compare(c->op.kind, order(fact, text));
		return true;
	}
	if (is_ordering(c->op.kind)) {
		diag_error(p->l->diag, c->op.loc, PP_WILDCARD_ORDER);
		return false;
	}
	*result = compare(c->op.kind,
			  fnmatch(text, fact, FNM_NOESCAPE) != 0);
	return true;
}

static bool expect_string(struct pp *p, const struct triple *c)
{
	if (c->right.kind == TOK_STRING)
		return true;
	diag_error(p->l->diag, c->right.loc, PP_EXPECT_STRING);
	return false;
}

static bool expect_equality(struct pp *p, const struct triple *c)
{
	if (!is_ordering(c->op.kind))
		return true;
	diag_error(p->l->diag, c->op.loc, PP_EXPECT_EQ);
	return false;
}

/* --- the left sides --- */

static bool eval_kernel_v(struct pp *p, const struct triple *c, bool *result)
{
	const char *release = p->l->env->kernel_release;

	release = arena_strndup(p->l->arena, release, strcspn(release, "-"));
	return expect_string(p, c) &&
	       compare_pattern(p, c, release, strverscmp, result);
}

static bool eval_kernel_vr(struct pp *p, const struct triple *c, bool *result)
{
	return expect_string(p, c) &&
	       compare_pattern(p, c, p->l->env->kernel_release, strverscmp,
			       result);
}

static bool eval_systemtap_v(struct pp *p, const struct triple *c,
			     bool *result)
{
	return expect_string(p, c) &&
	       compare_pattern(p, c, p->l->env->compatible, strverscmp,
			       result);
}

static bool eval_arch(struct pp *p, const struct triple *c, bool *result)
{
	return expect_string(p, c) && expect_equality(p, c) &&
	       compare_pattern(p, c, p->l->env->arch, strcmp, result);
}

static bool eval_runtime(struct pp *p, const struct triple *c, bool *result)
{
	return expect_string(p, c) && expect_equality(p, c) &&
	       compare_pattern(p, c, p->l->env->runtime, strcmp, result);
}

static bool eval_privilege(struct pp *p, const struct triple *c, bool *result)
{
	if (!expect_string(p, c) || !expect_equality(p, c))
		return false;
	*result = compare(c->op.kind, strcmp(p->l->env->privilege,
					     right_text(p, c)));
	return true;
}

static bool eval_guru_mode(struct pp *p, const struct triple *c, bool *result)
{
	if (c->right.kind != TOK_NUMBER || c->right.num > 1) {
		diag_error(p->l->diag, c->right.loc, PP_EXPECT_0_OR_1);
		return false;
	}
	if (!expect_equality(p, c))
		return false;
	*result = compare_numbers(c->op.kind, p->l->env->guru,
				  (int64_t)c->right.num);
	return true;
}

/* Evaluates one comparison. False: reported. */
typedef bool (*eval_fn)(struct pp *p, const struct triple *c, bool *result);

static const struct {
	const char *name;
	eval_fn eval;
} facts[] = {
	{ "kernel_v", eval_kernel_v },
	{ "kernel_vr", eval_kernel_vr },
	{ "systemtap_v", eval_systemtap_v },
	{ "arch", eval_arch },
	{ "runtime", eval_runtime },
	{ "systemtap_privilege", eval_privilege },
	{ "guru_mode", eval_guru_mode },
};

/* --- CONFIG_X --- */

static bool is_config(const struct token *t)
{
	return t->kind == TOK_IDENT && !strncmp(t->str, "CONFIG_", 7);
}

static const char *config_value(const struct pp *p, const struct token *t)
{
	const struct lang_env *env = p->l->env;
	const char *value = NULL;

	if (env->config)
		value = env->config(env->config_ctx, t->str);
	return value ? value : "";
}

/* Whether the value is a number as a whole. */
static bool config_number(const char *value, int64_t *n)
{
	char *end;

	errno = 0;
	*n = strtoll(value, &end, 0);
	return *value && !*end && !errno;
}

static bool eval_config(struct pp *p, const struct triple *c, bool *result)
{
	const char *left = config_value(p, &c->left), *right;
	int64_t a = 0, b = 0;

	if (c->right.kind == TOK_STRING)
		return compare_pattern(p, c, left, strcmp, result);
	if (c->right.kind == TOK_NUMBER) {
		if (*left && !config_number(left, &a)) {
			diag_error(p->l->diag, c->left.loc, PP_CONFIG_NUMBER);
			return false;
		}
		*result = compare_numbers(c->op.kind, a,
					  (int64_t)c->right.num);
		return true;
	}
	if (!is_config(&c->right)) {
		diag_error(p->l->diag, c->right.loc, PP_CONFIG_RIGHT);
		return false;
	}
	right = config_value(p, &c->right);
	if (config_number(left, &a) && config_number(right, &b))
		*result = compare_numbers(c->op.kind, a, b);
	else
		*result = compare(c->op.kind, strcmp(left, right));
	return true;
}

/* --- literals --- */

static bool eval_string(struct pp *p, const struct triple *c, bool *result)
{
	size_t a = c->left.len, b = c->right.len;
	int order;

	if (c->right.kind != TOK_STRING) {
		diag_error(p->l->diag, c->right.loc, PP_STRING_RIGHT);
		return false;
	}
	order = memcmp(c->left.str, c->right.str, a < b ? a : b);
	*result = compare(c->op.kind, order ? order : (a > b) - (a < b));
	return true;
}

static bool eval_number(struct pp *p, const struct triple *c, bool *result)
{
	if (c->right.kind != TOK_NUMBER) {
		diag_error(p->l->diag, c->right.loc, PP_NUMBER_RIGHT);
		return false;
	}
	*result = compare_numbers(c->op.kind, (int64_t)c->left.num,
				  (int64_t)c->right.num);
	return true;
}

/* --- conditions --- */

/* Evaluate one comparison. False: reported. */
static bool eval_triple(struct pp *p, const struct triple *c, bool *result)
{
	eval_fn eval = NULL;
	size_t i;

	if (c->left.kind == TOK_STRING)
		eval = eval_string;
	else if (c->left.kind == TOK_NUMBER)
		eval = eval_number;
	else if (is_config(&c->left))
		eval = eval_config;
	for (i = 0; c->left.kind == TOK_IDENT && i < ARRAY_SIZE(facts); i++)
		if (!strcmp(c->left.str, facts[i].name))
			eval = facts[i].eval;
	if (!eval) {
		diag_error(p->l->diag, c->left.loc, PP_UNKNOWN_LEFT);
		return false;
	}
	if (!is_comparison(c->op.kind)) {
		diag_error(p->l->diag, c->op.loc, PP_EXPECT_COMPARISON);
		return false;
	}
	return eval(p, c, result);
}

/* A token of a condition. False: it belongs to the conditional, or the file
 * ends, so that the condition is cut off. */
static bool read_operand(struct pp *p, struct token *t)
{
	pp_expanded(p, t);
	if (t->fault)
		pp_report_fault(p, t);
	return t->kind != TOK_EOF && t->kind != TOK_PP_OPEN &&
	       t->kind != TOK_PP_THEN && t->kind != TOK_PP_ELSE &&
	       t->kind != TOK_PP_CLOSE;
}

static void report_cut_off(struct pp *p, const struct triple *c,
			   const struct token *last, struct loc open)
{
	struct diag *d = p->l->diag;

	if (last->kind == TOK_EOF || last == &c->left)
		diag_error(d, open, PP_INCOMPLETE_CONDITION);
	else if (last == &c->op)
		diag_error(d, last->loc, PP_EXPECT_COMPARISON);
	else
		diag_error(d, last->loc, PP_EXPECT_STRING);
}

/* Read a condition up to its %?. Sets *last to the last token read. False:
 * reported. */
static bool read_condition(struct pp *p, struct loc open, struct token *last,
			   bool *result)
{
	bool all = true, one;
	struct triple c;

	*result = false;
	for (;;) {
		struct token *t = &c.left;

		if (read_operand(p, t) && read_operand(p, t = &c.op) &&
		    read_operand(p, t = &c.right)) {
			*last = *t;
			if (!eval_triple(p, &c, &one))
				return false;
		} else {
			report_cut_off(p, &c, t, open);
			*last = *t;
			return false;
		}
		all &= one;
		pp_expanded(p, last);
		if (last->kind == TOK_LAND)
			continue;
		*result |= all;
		all = true;
		if (last->kind == TOK_PP_THEN)
			return true;
		if (last->kind != TOK_LOR)
			break;
	}
	if (last->kind == TOK_EOF)
		diag_error(p->l->diag, open, PP_INCOMPLETE_CONDITION);
	else
		diag_error(p->l->diag, last->loc, PP_EXPECT_THEN);
	return false;
}

/* --- branches --- */

/* Skip to the %: (if it may end the branch) or %) on this level, depth levels
 * out from here. Returns its kind, or TOK_EOF with all conditionals closed and
 * the end reported. */
static enum tok skip_branch(struct pp *p, struct loc open, unsigned depth,
			    bool else_seen)
{
	const struct scope *scope;
	struct token t;

	for (;;) {
		pp_raw(p, &t, &scope);
		if (t.kind == TOK_EOF)
			break;
		if (t.kind == TOK_PP_OPEN)
			depth++;
		else if (t.kind == TOK_PP_CLOSE && !depth--)
			return t.kind;
		else if (t.kind == TOK_PP_ELSE && !depth && !else_seen)
			return t.kind;
		else if (t.kind == TOK_PP_ELSE && !depth)
			diag_error(p->l->diag, t.loc, PP_DUPLICATE_ELSE);
	}
	if (!p->spent)
		diag_error(p->l->diag, open, PP_AT_EOF);
	p->conds.len = 0;
	return TOK_EOF;
}

/* After an error in a condition whose last token is known: skip all of the
 * conditional. */
static void skip_bad(struct pp *p, const struct token *last)
{
	const struct scope *scope;
	struct token t = *last;
	unsigned depth = 1;

	for (;; pp_raw(p, &t, &scope)) {
		depth += t.kind == TOK_PP_OPEN;
		depth -= t.kind == TOK_PP_CLOSE;
		if (!depth)
			return;
		if (t.kind == TOK_EOF)
			break;
	}
	/* The end comes too early, but what is wrong has been said. */
	p->conds.len = 0;
}

static void enter_branch(struct pp *p, struct loc open, size_t depth,
			 bool else_seen)
{
	vec_push(p->l->arena, &p->conds,
		 (struct cond){ .loc = open,
				.depth = depth,
				.else_seen = else_seen });
}

void cond_open(struct pp *p, const struct token *t)
{
	struct loc open = t->loc;
	size_t depth = p->frames.len;
	struct token last = *t;
	bool taken;

	if (p->conds.len == MAX_COND_DEPTH) {
		diag_error(p->l->diag, open, PP_DEPTH, MAX_COND_DEPTH);
		last.kind = TOK_PP_THEN;
		skip_bad(p, &last);
		return;
	}
	if (!read_condition(p, open, &last, &taken)) {
		skip_bad(p, &last);
		return;
	}
	if (taken || skip_branch(p, open, 0, false) == TOK_PP_ELSE)
		enter_branch(p, open, depth, !taken);
}

void cond_else(struct pp *p, const struct token *t)
{
	struct cond *c;

	if (!p->conds.len) {
		diag_error(p->l->diag, t->loc, PP_INCOMPLETE);
		return;
	}
	c = &vec_last(&p->conds);
	if (c->else_seen)
		diag_error(p->l->diag, t->loc, PP_DUPLICATE_ELSE);
	if (skip_branch(p, c->loc, 0, true) == TOK_PP_CLOSE)
		p->conds.len--;
}

void cond_close(struct pp *p, const struct token *t)
{
	if (p->conds.len)
		p->conds.len--;
	else
		diag_error(p->l->diag, t->loc, PP_INCOMPLETE);
}

void cond_at_eof(struct pp *p)
{
	if (p->conds.len)
		diag_error(p->l->diag, vec_last(&p->conds).loc, PP_AT_EOF);
	p->conds.len = 0;
}
