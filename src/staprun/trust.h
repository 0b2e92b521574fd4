/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who may load which module: one decision, made before anything is done, from
 * facts that others gather. Nothing here looks at files or processes.
 */
#ifndef SPILE_STAPRUN_TRUST_H
#define SPILE_STAPRUN_TRUST_H

#include "base/strbuf.h"

#include <stdbool.h>
#include <stdint.h>

enum trust_signature {
	TRUST_UNSIGNED, /* none, or by nobody who is trusted */
	TRUST_SIGNED,
	TRUST_ALTERED,  /* signed, but these are not the bytes */
};

struct trust_facts {
	bool root;                      /* the real user */
	uint32_t groups;                /* CONTROL_STAP* of the caller's groups */
	enum trust_signature signature;
	uint32_t needs;                 /* CONTROL_STAP* that the module names */
	bool blessed;                   /* place_check() is content with it */
};

/* The CONTROL_STAP* bits that the module is told of its user. 0: it may not be
 * loaded, and one sentence is in err. */
uint32_t trust_decide(const struct trust_facts *f, const char *path,
		      struct strbuf *err);

#endif
