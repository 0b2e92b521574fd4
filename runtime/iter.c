/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * foreach: a list of an array's entries, taken under its lock, then sorted
 * without it. The order of the array becomes the sorted one, unless it changed
 * meanwhile.
 */
#include "array.h"

#include <linux/atomic.h>
#include <linux/string.h>
#include <linux/swab.h>
#include <linux/vmalloc.h>

#define RUN 12 /* runs of this length are made by insertion first */

int sp_iters_init(struct sp_array *a)
{
	struct sp_store *m = a->store;
	size_t bytes = (size_t)a->size * sizeof(struct sp_row);
	u32 i;

	if (!a->iterations)
		return 0;
	m->iters = vzalloc(a->iterations * sizeof(*m->iters));
	if (!m->iters)
		return -ENOMEM;
	for (i = 0; i < a->iterations; i++) {
		m->iters[i].a = a;
		m->iters[i].rows = vmalloc(bytes);
		if (a->flags & SP_SORTED)
			m->iters[i].spare = vmalloc(bytes);
		if (!m->iters[i].rows ||
		    (a->flags & SP_SORTED && !m->iters[i].spare))
			return -ENOMEM;
	}
	return 0;
}

void sp_iters_free(struct sp_array *a)
{
	struct sp_store *m = a->store;
	u32 i;

	for (i = 0; m->iters && i < a->iterations; i++) {
		vfree(m->iters[i].rows);
		vfree(m->iters[i].spare);
	}
	vfree(m->iters);
}

/* --- what to sort by --- */

static u64 key_of_num(s64 num)
{
	return (u64)num ^ 1ull << 63;
}

static u64 key_of_str(const struct sp_str *s)
{
	u64 word = 0;

	memcpy(&word, s->text, min_t(u32, s->len, 8));
	return (__force u64)cpu_to_be64(word);
}

static u64 sort_key(const struct sp_array *a, const struct sp_entry *e,
		    u32 column, enum sp_stat_op op)
{
	const char *at = sp_column(a->store, e, column);
	s64 num;

	if (!column && a->type == SP_STAT) {
		/* Of the variance, its count. */
		if (op == SP_VARIANCE)
			op = SP_COUNT;
		sp_stat_value(a, (const struct sp_stat *)at, op, &num);
		return key_of_num(num);
	}
	if (sp_column_is_str(a, column))
		return key_of_str((const struct sp_str *)at);
	return key_of_num(*(const s64 *)at);
}

/* --- sorting: stable, by merging --- */

struct sort {
	const struct sp_array *a;
	u32 column;
	int direction;
	bool str;
};

/* Must b stand before a, which is in front of it now? */
static bool before(const struct sort *s, const struct sp_row *b,
		   const struct sp_row *a)
{
	const struct sp_store *m = s->a->store;
	int order;

	if (b->key != a->key)
		return b->key < a->key;
	if (!s->str)
		return false;
	order = sp_compare((const struct sp_str *)
				   sp_column(m, sp_entry(m, b->entry),
					     s->column),
			   (const struct sp_str *)
				   sp_column(m, sp_entry(m, a->entry),
					     s->column));
	return s->direction < 0 ? order > 0 : order < 0;
}

static void sort_run(const struct sort *s, struct sp_row *rows, u32 n)
{
	u32 i, j;

	for (i = 1; i < n; i++) {
		struct sp_row row = rows[i];

		for (j = i; j && before(s, &row, &rows[j - 1]); j--)
			rows[j] = rows[j - 1];
		rows[j] = row;
	}
}

/* Merge the sorted halves of from into to. */
static void merge(const struct sort *s, const struct sp_row *from,
		  struct sp_row *to, u32 half, u32 n)
{
	u32 a = 0, b = half, k = 0;

	if (half >= n || !before(s, &from[half], &from[half - 1])) {
		memcpy(to, from, n * sizeof(*to));
		return;
	}
	while (a < half && b < n) {
		if (before(s, &from[b], &from[a]))
			to[k++] = from[b++];
		else
			to[k++] = from[a++];
	}
	memcpy(to + k, from + a, (half - a) * sizeof(*to));
	k += half - a;
	memcpy(to + k, from + b, (n - b) * sizeof(*to));
}

static void sort_rows(const struct sort *s, struct sp_iter *it, u32 n)
{
	u32 i, width;

	/* Descending is ascending by the complement: ties keep their order. */
	for (i = 0; s->direction < 0 && i < n; i++)
		it->rows[i].key = ~it->rows[i].key;
	for (i = 0; i < n; i += RUN)
		sort_run(s, it->rows + i, min_t(u32, n - i, RUN));
	for (width = RUN; width < n; width *= 2) {
		for (i = 0; i < n; i += 2 * width)
			merge(s, it->rows + i, it->spare + i, width,
			      min(n - i, 2 * width));
		swap(it->rows, it->spare);
	}
}

/* Make the order of the array that of the rows. The lock is held. */
static void relink(struct sp_store *m, const struct sp_row *rows)
{
	u32 i, older = 0;

	for (i = 0; i < m->len; i++) {
		sp_entry(m, older)->newer = rows[i].entry;
		sp_entry(m, rows[i].entry)->older = older;
		older = rows[i].entry;
	}
	sp_entry(m, older)->newer = 0;
	sp_entry(m, 0)->older = older;
	m->changes++;
}

/* --- instructions --- */

/* An iteration that nobody uses, or NULL. */
static struct sp_iter *take_iter(struct sp_array *a)
{
	struct sp_store *m = a->store;
	u32 i;

	for (i = 0; i < a->iterations; i++)
		if (!cmpxchg_acquire(&m->iters[i].taken, 0, 1))
			return &m->iters[i];
	return NULL;
}

/* All entries, in stored order; *changes is the array's state. */
static bool list_rows(struct sp_ctx *c, struct sp_iter *it, int direction,
		      u32 column, enum sp_stat_op op, u32 *changes)
{
	struct sp_store *m = it->a->store;
	unsigned long flags;
	u32 i, n = 0;

	if (!sp_array_lock(c, m, &flags))
		return false;
	for (i = sp_entry(m, 0)->newer; i; i = sp_entry(m, i)->newer, n++) {
		const struct sp_entry *e = sp_entry(m, i);

		it->rows[n].entry = i;
		it->rows[n].uses = e->uses;
		if (direction)
			it->rows[n].key = sort_key(it->a, e, column, op);
	}
	it->n = n;
	*changes = m->changes;
	sp_array_unlock(m, flags);
	return true;
}

static bool sort_iter(struct sp_ctx *c, struct sp_iter *it, int direction,
		      u32 column, u32 changes)
{
	struct sp_store *m = it->a->store;
	struct sort s = { .a = it->a, .column = column, .direction = direction,
			  .str = sp_column_is_str(it->a, column) };
	unsigned long flags;

	sort_rows(&s, it, it->n);
	if (!sp_array_lock(c, m, &flags))
		return false;
	if (m->changes == changes)
		relink(m, it->rows);
	sp_array_unlock(m, flags);
	return true;
}

int sp_iter_begin(struct sp_ctx *c, struct sp_array *a, int direction,
		  u32 column, enum sp_stat_op op, s64 limit,
		  struct sp_iter **to, u32 loc)
{
	struct sp_context *x = sp_context(c);
	struct sp_iter *it = take_iter(a);
	u32 changes;

	if (!it) {
		sp_raise(c, "too many foreach over one array at a time", loc);
		return 1;
	}
	it->at = 0;
	it->n = 0;
	it->outer = x->open;
	x->open = it;
	*to = it;
	if (!list_rows(c, it, direction, column, op, &changes))
		return 1;
	if (direction && it->n > 1 &&
	    !sort_iter(c, it, direction, column, changes))
		return 1;
	if (limit < it->n)
		it->n = limit > 0 ? limit : 0;
	return 0;
}

/* An entry that now holds another element is passed over. */
int sp_iter_next(struct sp_iter *it)
{
	const struct sp_store *m = it->a->store;

	while (it->at < it->n) {
		const struct sp_row *row = &it->rows[it->at++];

		if (sp_entry(m, row->entry)->uses == row->uses)
			return 1;
	}
	it->at = it->n + 1;
	return 0;
}

static const char *current_column(const struct sp_iter *it, u32 column)
{
	const struct sp_store *m = it->a->store;

	return sp_column(m, sp_entry(m, it->rows[it->at - 1].entry), column);
}

s64 sp_iter_num(const struct sp_iter *it, u32 column)
{
	return *(const s64 *)current_column(it, column);
}

void sp_iter_str(const struct sp_iter *it, u32 column, struct sp_str *to,
		 u32 bound)
{
	sp_copy(to, bound, (const struct sp_str *)current_column(it, column));
}

void sp_iter_end(struct sp_ctx *c, struct sp_iter *it)
{
	struct sp_context *x = sp_context(c);
	struct sp_iter **link = &x->open;

	while (*link && *link != it)
		link = &(*link)->outer;
	if (!*link)
		return;
	*link = it->outer;
	smp_store_release(&it->taken, 0);
}
