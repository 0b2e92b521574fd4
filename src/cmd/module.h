/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of compiled scripts, and where they are kept (cli.md section 8). */
#ifndef SPILE_CMD_MODULE_H
#define SPILE_CMD_MODULE_H

#include "base/strbuf.h"
#include "cmd/options.h"
#include "ir/ir.h"

/* "stap_<32 hex digits>_<length>" from the program's text: equal programs have
 * equal names. Lives in the arena. */
const char *module_name_of(const struct ir_prog *p, struct arena *arena);

/* Keep a compiled script: with -m as NAME.bo in this folder, else in the cache
 * ($SYSTEMTAP_DIR/cache, default ~/.systemtap/cache). Appends its absolute path
 * to path. -errno and one sentence in err on failure; no partial file stays. */
int module_store(const struct options *o, const char *name,
		 const struct strbuf *object, struct strbuf *path,
		 struct strbuf *err);

#endif
