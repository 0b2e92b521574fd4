/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a script asks of its statistics: which fields each variable must keep,
 * and that all uses agree on them (language.md section 12).
 */
#include "base/hist.h"
#include "sema/internal.h"

/* Statistics are kept for globals only. */
static bool is_global(struct sema *s, const struct symbol *sym, struct loc loc)
{
	if (sym->kind == SYM_GLOBAL)
		return true;
	diag_error(s->diag, loc, STATS_LOCAL);
	return false;
}

void stat_note_add(struct sema *s, const struct ast_expr *e)
{
	if (e->a->sym)
		is_global(s, e->a->sym, e->a->loc);
}

static void note_shift(struct sema *s, struct symbol *sym,
		       const struct ast_expr *e)
{
	int64_t shift = e->has_num ? e->num : 0;

	if (shift < 0 || shift > STAT_MAX_SHIFT)
		diag_error(s->diag, e->loc, STATS_SHIFT, (long long)shift,
			   STAT_MAX_SHIFT);
	else if (!sym->stat.has_shift)
		sym->stat.shift = (unsigned)shift;
	else if (sym->stat.shift != (unsigned)shift)
		diag_error(s->diag, e->loc, STATS_SHIFT_CONFLICT,
			   sym->stat.shift);
	sym->stat.has_shift = true;
}

void stat_note_extract(struct sema *s, const struct ast_expr *e)
{
	struct symbol *sym = e->a->sym;

	if (!sym || !is_global(s, sym, e->a->loc))
		return;
	sym->stat.asked |= 1u << e->stat;
	if (e->stat == STAT_VARIANCE)
		note_shift(s, sym, e);
}

void stat_note_sort(struct symbol *sym, enum ast_stat stat)
{
	/* The variance sorts by the count, which is always there. */
	if (stat != STAT_NONE && stat != STAT_VARIANCE)
		sym->stat.asked |= 1u << stat;
}

static bool same_shape(const struct ast_hist *a, const struct ast_hist *b)
{
	if (a->linear != b->linear)
		return false;
	return !a->linear || (a->lo == b->lo && a->hi == b->hi &&
			      a->step == b->step);
}

void stat_note_hist(struct sema *s, const struct ast_expr *e)
{
	struct symbol *sym = e->a->sym;
	struct hist h = { HIST_LINEAR, e->hist.lo, e->hist.hi, e->hist.step };

	if (!sym || !is_global(s, sym, e->a->loc))
		return;
	if (e->hist.linear && !hist_buckets(&h))
		diag_error(s->diag, e->loc, STATS_BUCKETS, HIST_MIN_BUCKETS,
			   HIST_MAX_BUCKETS);
	else if (!sym->stat.hist)
		sym->stat.hist = e;
	else if (!same_shape(&sym->stat.hist->hist, &e->hist))
		diag_error(s->diag, e->loc, STATS_HIST_CONFLICT, sym->name);
}
