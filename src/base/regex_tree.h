/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the reader of regular expressions and the maker of programs. */
#ifndef SPILE_BASE_REGEX_TREE_H
#define SPILE_BASE_REGEX_TREE_H

#include "base/regex.h"
#include "base/vec.h"

#define RX_MANY UINT32_MAX

enum rx_kind {
	RX_ROW,    /* parts one behind the other */
	RX_EITHER, /* one of the parts */
	RX_REPEAT, /* the part, min to max times */
	RX_GROUP,  /* the part, noted as group */
	RX_SET,
	RX_BOL,
	RX_EOL,
};

struct rx_node {
	enum rx_kind kind;
	uint32_t min, max; /* max may be RX_MANY */
	uint32_t group;
	uint32_t depth;    /* of the tree below */
	struct regex_set set;
	VEC(struct rx_node *) parts;
};

/* Make the program of a tree, in the arena. NULL if it gets too large. */
struct regex *rx_code(struct arena *arena, const struct rx_node *tree,
		      uint32_t n_groups);

#endif
