/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The types of the kernel and its modules, read once a run. */
#include "probe/probe.h"
#include "symbols/btf_types.h"
#include "symbols/dwfile.h"
#include "symbols/program.h"

#include <string.h>

#define BTF_FOLDER "/sys/kernel/btf/"

/* They are asked for even when resolution is over: a list of what is open. */
struct opened_types {
	const char *module;      /* NULL: the kernel */
	struct btf_types *types; /* NULL: it cannot be read */
	struct opened_types *next;
};

/* Module names are written with either - or _. */
static const char *module_path(struct arena *a, const char *module)
{
	char *path = arena_printf(a, BTF_FOLDER "%s", module), *c;

	for (c = path + strlen(BTF_FOLDER); *c; c++)
		if (*c == '-')
			*c = '_';
	return path;
}

struct btf_types *resolve_btf(struct resolve *r, const char *module)
{
	struct strbuf why = STRBUF_INIT;
	struct btf_types *base = NULL;
	struct opened_types *o;

	for (o = r->opened; o; o = o->next)
		if (module ? o->module && !strcmp(o->module, module)
			   : !o->module)
			return o->types;
	o = arena_new(r->arena, struct opened_types);
	o->module = module;
	o->next = r->opened;
	r->opened = o;
	if (!module) {
		o->types = btf_types_open(r->arena, r->env->btf_path, NULL,
					  "kernel", &why);
	} else if (!strchr(module, '/')) {
		base = resolve_btf(r, NULL);
		if (base)
			o->types = btf_types_open(
				r->arena, module_path(r->arena, module), base,
				module, &why);
	}
	strbuf_release(&why);
	return o->types;
}

struct foreign {
	struct ctype_source *types; /* NULL: they cannot be read */
};

/* The types of a program or library by its path, or of a header. */
static struct ctype_source *foreign_types(struct resolve *r, const char *name)
{
	const char *key = arena_printf(r->arena, "types of %s", name), *path;
	struct foreign *f = hmap_gets(&r->cache, key);
	struct strbuf err = STRBUF_INIT;
	struct dwfile *file;

	if (f)
		return f->types;
	f = arena_new(r->arena, struct foreign);
	hmap_puts(&r->cache, key, f);
	if (name[0] == '<') {
		f->types = header_types(r->arena, name, &err);
	} else {
		path = program_find(r->arena, name, r->env->sysroot);
		file = path ? dwfile_open(r->arena, path, r->env->sysroot)
			    : NULL;
		f->types = file ? dwfile_types(file) : NULL;
	}
	/* The script hears of the type that was not found. */
	strbuf_release(&err);
	return f->types;
}

struct ctype_source *resolve_types(struct resolve *r, const char *module)
{
	struct btf_types *b;

	if (module && (module[0] == '<' || strchr(module, '/')))
		return foreign_types(r, module);
	b = resolve_btf(r, module);
	return b ? btf_types_source(b) : NULL;
}
