/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Snapshots of arrays for foreach: order, sort, limit, the columns in use. */
#include "vm/map_internal.h"
#include "vm/stat.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What an element of statistics sorts by: of the variance, its count. */
static uint64_t stat_key(const struct vm_map *m, uint64_t col,
			 enum ir_stat_op op)
{
	int64_t num;

	if (op == IR_STAT_VARIANCE)
		op = IR_STAT_COUNT;
	stat_get(&m->g->stat, (const void *)vm_col_str(col)->text, op, true,
		 &num);
	return vm_sort_key_num(num);
}

/* Entry numbers in stored order. */
static void list_entries(const struct vm_map *m, struct vm_sort_item *items,
			 uint32_t column, enum ir_stat_op op)
{
	bool stat = !column && m->g->type == IR_STAT;
	bool str = !stat && m->str_cols >> column & 1;
	uint32_t i, n = 0;

	for (i = vm_map_entry(m, 0)->newer; i; i = vm_map_entry(m, i)->newer) {
		uint64_t col = vm_map_entry(m, i)->cols[column];

		items[n].index = i;
		items[n].str = str ? vm_col_str(col) : NULL;
		if (stat)
			items[n].key = stat_key(m, col, op);
		else
			items[n].key = str ? vm_sort_key_str(vm_col_str(col))
					   : vm_sort_key_num((int64_t)col);
		n++;
	}
}

/* Make the order of the array that of items. */
static void relink(struct vm_map *m, const struct vm_sort_item *items)
{
	uint32_t i, older = 0;

	for (i = 0; i < m->len; i++) {
		vm_map_entry(m, older)->newer = items[i].index;
		vm_map_entry(m, items[i].index)->older = older;
		older = items[i].index;
	}
	vm_map_entry(m, older)->newer = 0;
	vm_map_entry(m, 0)->older = older;
}

static int sort_entries(struct vm_map *m, const struct vm_pick *pick)
{
	struct vm_sort_item *items;

	if (m->len < 2)
		return 0;
	items = malloc((size_t)m->len * 2 * sizeof(*items));
	if (!items)
		return -ENOMEM;
	list_entries(m, items, pick->sort_column, pick->stat);
	vm_sort(items, items + m->len, m->len, pick->direction);
	relink(m, items);
	free(items);
	return 0;
}

/* Copy the picked columns of the first n_rows entries. */
static void copy_rows(struct vm_rows *r, const struct vm_map *m,
		      const uint8_t *from)
{
	uint64_t *to = r->words;
	uint32_t i = vm_map_entry(m, 0)->newer, row, c;

	for (row = 0; row < r->n_rows; row++) {
		const struct vm_entry *e = vm_map_entry(m, i);

		for (c = 0; c < r->n_cols; c++) {
			to[c] = e->cols[from[c]];
			if (r->str_cols >> c & 1)
				vm_col_str(to[c])->owners++;
		}
		to += r->n_cols;
		i = e->newer;
	}
}

int vm_rows_take(struct vm_rows *r, struct vm_map *m,
		 const struct vm_pick *pick)
{
	uint8_t from[IR_MAX_KEYS + 1];
	uint32_t c, n = m->len;
	int err;

	memset(r, 0, sizeof(*r));
	memset(r->col_of, UINT8_MAX, sizeof(r->col_of));
	if (pick->direction && pick->sort_column <= m->g->n_keys) {
		err = sort_entries(m, pick);
		if (err)
			return err;
	}
	if (pick->limit < n)
		n = pick->limit > 0 ? (uint32_t)pick->limit : 0;
	for (c = 0; c <= m->g->n_keys; c++) {
		if (!(pick->columns >> c & 1))
			continue;
		if (m->str_cols >> c & 1)
			r->str_cols = (uint16_t)(r->str_cols | 1u << r->n_cols);
		r->col_of[c] = (uint8_t)r->n_cols;
		from[r->n_cols++] = (uint8_t)c;
	}
	if (n && r->n_cols) {
		r->words = malloc((size_t)n * r->n_cols * sizeof(*r->words));
		if (!r->words)
			return -ENOMEM;
	}
	r->n_rows = n;
	r->n_seen = m->len;
	if (r->n_cols)
		copy_rows(r, m, from);
	return 0;
}

void vm_rows_release(struct vm_rows *r)
{
	size_t i, n = (size_t)r->n_rows * r->n_cols;

	for (i = 0; r->str_cols && i < n; i++) {
		if (r->str_cols >> i % r->n_cols & 1)
			vm_str_drop(vm_col_str(r->words[i]));
	}
	free(r->words);
	memset(r, 0, sizeof(*r));
}

bool vm_rows_next(struct vm_rows *r)
{
	if (r->at >= r->n_rows) {
		r->at = r->n_rows + 1;
		return false;
	}
	r->at++;
	return true;
}

void vm_rows_get(const struct vm_rows *r, uint32_t column, struct vm_val *out)
{
	uint32_t c;
	uint64_t word;

	memset(out, 0, sizeof(*out));
	out->str = "";
	if (column > IR_MAX_KEYS || !r->at || r->at > r->n_rows)
		return;
	c = r->col_of[column];
	if (c >= r->n_cols)
		return;
	word = r->words[(size_t)(r->at - 1) * r->n_cols + c];
	if (r->str_cols >> c & 1) {
		out->str = vm_col_str(word)->text;
		out->len = vm_col_str(word)->len;
	} else {
		out->num = (int64_t)word;
	}
}
