/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the tree of a regular expression to its program. A repetition writes its
 * part several times; the number of instructions and of tree nodes visited on
 * the way is bounded, since counts multiply.
 *
 * Ways that come first in a REGEX_SPLIT are preferred when groups are noted:
 * repetitions take what they can, the first of several ways goes first.
 */
#include "base/regex_tree.h"

#include <string.h>

struct coder {
	struct arena *arena;
	struct regex *re;
	VEC(struct regex_insn) code;
	VEC(struct regex_set) sets;
	uint32_t steps;
	bool failed;
};

static void code_node(struct coder *c, const struct rx_node *n);

static uint32_t put(struct coder *c, enum regex_op op, uint32_t x, uint32_t y)
{
	struct regex_insn in = { .op = (uint8_t)op, .x = x, .y = y };

	if (c->code.len == REGEX_MAX_CODE) {
		c->failed = true;
		return 0;
	}
	vec_push(c->arena, &c->code, in);
	return (uint32_t)c->code.len - 1;
}

static uint32_t here(const struct coder *c)
{
	return (uint32_t)c->code.len;
}

static uint32_t set_id(struct coder *c, const struct regex_set *s)
{
	uint32_t i;

	for (i = 0; i < c->sets.len; i++)
		if (!memcmp(&c->sets.at[i], s, sizeof(*s)))
			return i;
	vec_push(c->arena, &c->sets, *s);
	return i;
}

static void code_either(struct coder *c, const struct rx_node *n)
{
	uint32_t *jumps = arena_array(c->arena, uint32_t, n->parts.len);
	uint32_t split;
	size_t i;

	for (i = 0; i + 1 < n->parts.len && !c->failed; i++) {
		split = put(c, REGEX_SPLIT, here(c) + 1, 0);
		code_node(c, n->parts.at[i]);
		jumps[i] = put(c, REGEX_JUMP, 0, 0);
		c->code.at[split].y = here(c);
	}
	code_node(c, n->parts.at[i]);
	if (c->failed)
		return;
	while (i-- > 0)
		c->code.at[jumps[i]].x = here(c);
}

/* The part once or not at all, times over: all ways out are behind the last. */
static void code_optional(struct coder *c, const struct rx_node *n,
			  uint32_t times)
{
	uint32_t first = here(c), i, *splits;

	splits = arena_array(c->arena, uint32_t, times);
	for (i = 0; i < times && !c->failed; i++) {
		splits[i] = put(c, REGEX_SPLIT, here(c) + 1, first);
		code_node(c, n);
	}
	if (c->failed)
		return;
	while (i-- > 0)
		c->code.at[splits[i]].y = here(c);
}

static void code_repeat(struct coder *c, const struct rx_node *n)
{
	const struct rx_node *part = n->parts.at[0];
	uint32_t i, last = here(c), split;

	for (i = 0; i < n->min && !c->failed; i++) {
		last = here(c);
		code_node(c, part);
	}
	if (c->failed)
		return;
	if (n->max != RX_MANY) {
		code_optional(c, part, n->max - n->min);
	} else if (n->min) {
		split = put(c, REGEX_SPLIT, last, 0);
		c->code.at[split].y = here(c);
	} else {
		split = put(c, REGEX_SPLIT, here(c) + 1, 0);
		code_node(c, part);
		put(c, REGEX_JUMP, split, 0);
		c->code.at[split].y = here(c);
	}
}

static void code_node(struct coder *c, const struct rx_node *n)
{
	size_t i;

	if (c->failed || ++c->steps > 8 * REGEX_MAX_CODE) {
		c->failed = true;
		return;
	}
	switch (n->kind) {
	case RX_ROW:
		for (i = 0; i < n->parts.len; i++)
			code_node(c, n->parts.at[i]);
		break;
	case RX_EITHER:
		code_either(c, n);
		break;
	case RX_REPEAT:
		code_repeat(c, n);
		break;
	case RX_GROUP:
		put(c, REGEX_SAVE, 2 * n->group, 0);
		code_node(c, n->parts.at[0]);
		put(c, REGEX_SAVE, 2 * n->group + 1, 0);
		break;
	case RX_SET:
		put(c, REGEX_SET, set_id(c, &n->set), 0);
		break;
	case RX_BOL:
		put(c, REGEX_BOL, 0, 0);
		break;
	case RX_EOL:
		put(c, REGEX_EOL, 0, 0);
		break;
	}
}

struct regex *rx_code(struct arena *arena, const struct rx_node *tree,
		      uint32_t n_groups)
{
	struct coder c = { .arena = arena, .re = arena_new(arena, struct regex) };

	code_node(&c, tree);
	put(&c, REGEX_MATCH, 0, 0);
	if (c.failed || c.code.len * 2 * n_groups > REGEX_MAX_SLOTS)
		return NULL;
	*c.re = (struct regex){
		.code = c.code.at,
		.n_code = (uint32_t)c.code.len,
		.sets = c.sets.at,
		.n_sets = (uint32_t)c.sets.len,
		.n_groups = n_groups,
	};
	return c.re;
}
