/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/groups.h"

#include "base/hmap.h"

#include <stdlib.h>
#include <string.h>

void groups_collect(struct probe_groups *g, const struct ir_prog *p,
		    enum attach_kind kind, struct arena *arena)
{
	struct hmap by_point = { 0 };
	uint32_t i;

	*g = (struct probe_groups){ 0 };
	for (i = 0; i < p->probes.len; i++) {
		const struct ir_probe *pr = &p->probes.at[i];
		uintptr_t nr;

		if (pr->attach != kind)
			continue;
		/* The group's number plus one, as 0 is "none". */
		nr = (uintptr_t)hmap_gets(&by_point, pr->point);
		if (!nr) {
			vec_push(arena, &g->list,
				 (struct probe_group){ .first = i });
			nr = g->list.len;
			hmap_puts(&by_point, pr->point, (void *)nr);
		}
		vec_push(arena, &g->list.at[nr - 1].probes, i);
	}
	hmap_release(&by_point);
}

static int by_order(const void *a, const void *b, void *arg)
{
	const struct probe_group *ga = a, *gb = b;
	const struct ir_prog *p = arg;
	int64_t na = p->probes.at[ga->first].n0;
	int64_t nb = p->probes.at[gb->first].n0;

	if (na != nb)
		return na < nb ? -1 : 1;
	return ga->first < gb->first ? -1 : ga->first > gb->first;
}

void groups_sort(struct probe_groups *g, struct ir_prog *p)
{
	if (g->list.len)
		qsort_r(g->list.at, g->list.len, sizeof(*g->list.at), by_order,
			p);
}
