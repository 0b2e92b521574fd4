/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stable merge sort over 64-bit keys. For strings the key is their first eight
 * bytes, which settles most comparisons without touching the text.
 */
#include "vm/map.h"

#include <string.h>

/* Runs of this length are made by insertion first. */
#define RUN 12

uint64_t vm_sort_key_num(int64_t num)
{
	return (uint64_t)num ^ (uint64_t)1 << 63;
}

uint64_t vm_sort_key_str(const struct vm_str *s)
{
	uint64_t word = 0;

	memcpy(&word, s->text, s->len < 8 ? s->len : 8);
	return __builtin_bswap64(word);
}

static int compare_str(const struct vm_str *a, const struct vm_str *b)
{
	uint32_t len = a->len < b->len ? a->len : b->len;
	int c = memcmp(a->text, b->text, len);

	if (c)
		return c;
	return (a->len > b->len) - (a->len < b->len);
}

/* Must b stand before a, which is in front of it now? */
static inline bool before(const struct vm_sort_item *b,
			  const struct vm_sort_item *a, int direction)
{
	int c;

	if (b->key != a->key)
		return b->key < a->key;
	if (!a->str)
		return false;
	c = compare_str(b->str, a->str);
	return direction < 0 ? c > 0 : c < 0;
}

static void sort_run(struct vm_sort_item *items, size_t n, int direction)
{
	size_t i, j;

	for (i = 1; i < n; i++) {
		struct vm_sort_item item = items[i];

		for (j = i; j && before(&item, &items[j - 1], direction); j--)
			items[j] = items[j - 1];
		items[j] = item;
	}
}

/* Merge the sorted halves of from into to. */
static void merge(const struct vm_sort_item *from, struct vm_sort_item *to,
		  size_t half, size_t n, int direction)
{
	size_t a = 0, b = half, k = 0;

	if (half >= n || !before(&from[half], &from[half - 1], direction)) {
		memcpy(to, from, n * sizeof(*to));
		return;
	}
	while (a < half && b < n) {
		if (before(&from[b], &from[a], direction))
			to[k++] = from[b++];
		else
			to[k++] = from[a++];
	}
	memcpy(to + k, from + a, (half - a) * sizeof(*to));
	k += half - a;
	memcpy(to + k, from + b, (n - b) * sizeof(*to));
}

void vm_sort(struct vm_sort_item *items, struct vm_sort_item *tmp, size_t n,
	     int direction)
{
	struct vm_sort_item *from = items, *to = tmp, *swap;
	size_t i, width;

	/* Descending is ascending by the complement: ties keep their order. */
	for (i = 0; direction < 0 && i < n; i++)
		items[i].key = ~items[i].key;
	for (i = 0; i < n; i += RUN)
		sort_run(items + i, n - i < RUN ? n - i : RUN, direction);
	for (width = RUN; width < n; width *= 2) {
		for (i = 0; i < n; i += 2 * width)
			merge(from + i, to + i, width,
			      n - i < 2 * width ? n - i : 2 * width, direction);
		swap = from;
		from = to;
		to = swap;
	}
	if (from != items)
		memcpy(items, from, n * sizeof(*items));
}
