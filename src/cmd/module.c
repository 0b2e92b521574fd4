/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/module.h"

#include "kmod/cache.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *module_name_of(const struct ir_prog *p, struct arena *arena)
{
	char digits[CACHE_HASH_DIGITS + 1];
	struct strbuf text = STRBUF_INIT;
	struct cache_hash h;
	const char *name;

	ir_print(p, &text);
	cache_hash_init(&h);
	cache_hash_add(&h, text.buf, text.len);
	cache_hash_text(&h, digits);
	name = arena_printf(arena, "stap_%s_%zu", digits, text.len);
	strbuf_release(&text);
	return name;
}

int module_store(const struct options *o, const char *name,
		 const struct strbuf *object, struct strbuf *path,
		 struct strbuf *err)
{
	char *cwd = NULL;
	int rc = 0;

	if (!o->module_name) {
		rc = cache_path(name, "bo", path, err);
	} else {
		cwd = getcwd(NULL, 0);
		strbuf_addf(path, "%s/%s.bo", cwd ? cwd : ".", name);
		free(cwd);
	}
	if (!rc)
		rc = cache_store(path->buf, object->buf, object->len, err);
	return rc;
}
