/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Run-time limits; see limits.def. */
#ifndef SPILE_PROTO_LIMITS_H
#define SPILE_PROTO_LIMITS_H

#include <stdint.h>

struct limits {
#define LIMIT(field, name, dflt, lo, hi) uint32_t field;
#include "proto/limits.def"
#undef LIMIT
};

/* The highest value of each, LIMIT_MOST_field. */
enum limit_most {
#define LIMIT(field, name, dflt, lo, hi) LIMIT_MOST_##field = (hi),
#include "proto/limits.def"
#undef LIMIT
};

/* Fill in the defaults. */
static inline void limits_init(struct limits *l)
{
#define LIMIT(field, name, dflt, lo, hi) l->field = (dflt);
#include "proto/limits.def"
#undef LIMIT
}

#endif
