/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kmod/modinfo.h"

#include "base/bug.h"
#include "base/hmap.h"
#include "base/vec.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define THIS_MODULE ".gnu.linkonce.this_module"
#define STRUCT_MAX 65536
#define VERSION_SIZE 64 /* struct modversion_info: long, name */

/* Symbols that gcc calls by itself, or that the kernel's flags make it call,
 * where the kernel has them. */
static const char *const compiler_symbols[] = {
	"memcpy", "memmove", "memset", "memcmp", "strlen",
	"__stack_chk_fail", "__stack_chk_guard", "__ref_stack_chk_guard",
	"__fentry__", "__x86_return_thunk", "__x86_indirect_thunk_array",
	"__x86_indirect_thunk_rax", "__x86_indirect_thunk_rbx",
	"__x86_indirect_thunk_rcx", "__x86_indirect_thunk_rdx",
	"__x86_indirect_thunk_rsi", "__x86_indirect_thunk_rdi",
	"__x86_indirect_thunk_rbp", "__x86_indirect_thunk_r8",
	"__x86_indirect_thunk_r9", "__x86_indirect_thunk_r10",
	"__x86_indirect_thunk_r11", "__x86_indirect_thunk_r12",
	"__x86_indirect_thunk_r13", "__x86_indirect_thunk_r14",
	"__x86_indirect_thunk_r15",
	"module_layout", /* what the kernel itself checks first */
};

static int unknown(struct strbuf *err, const char *what)
{
	strbuf_addf(err, "kbuild's module for this kernel has %s", what);
	return -EINVAL;
}

/* Where the name stands; all other bytes have to be 0. */
static bool find_name(const struct elfobj_section *s, const char *name,
		      size_t *at)
{
	size_t n = strlen(name), i;

	for (i = 0; i < s->size && !s->data[i]; i++)
		;
	if (i + MODINFO_NAME_SIZE > s->size || memcmp(s->data + i, name, n))
		return false;
	*at = i;
	for (i += n; i < s->size; i++)
		if (s->data[i])
			return false;
	return true;
}

int modinfo_learn(struct modinfo_layout *l, const struct elfobj *mod,
		  const char *name, struct strbuf *err)
{
	struct elfobj_section s, other;
	uint64_t init_at, exit_at;

	if (!elfobj_find(mod, THIS_MODULE, &s) || !s.data)
		return unknown(err, "no struct module");
	if (s.size > STRUCT_MAX || s.size < 128 || !s.align || s.align > 4096)
		return unknown(err, "a struct module of odd size");
	if (!find_name(&s, name, &l->name_at))
		return unknown(err, "more than a name in its struct module");
	if (elfobj_relocs(mod, s.index, "init_module", &init_at) != 2)
		return unknown(err, "more than two pointers in its struct module");
	elfobj_relocs(mod, s.index, "cleanup_module", &exit_at);
	if (init_at < l->name_at + MODINFO_NAME_SIZE || exit_at > s.size - 8 ||
	    exit_at < init_at + 8)
		return unknown(err, "its functions at odd places");
	l->size = s.size;
	l->align = s.align;
	l->init_at = (size_t)init_at;
	l->exit_at = (size_t)exit_at;
	l->versions = elfobj_find(mod, "__versions", &other);
	if (!l->versions && elfobj_find(mod, "__version_ext_names", &other))
		return unknown(err, "versions of a new kind only");
	return 0;
}

static void add_string(struct strbuf *c, const char *tag, unsigned i,
		       const char *text, size_t len)
{
	strbuf_addf(c,
		    "static const char sp_modinfo_%s%u[]\n"
		    "__attribute__((used, section(\".modinfo\"), aligned(1))) = \"",
		    tag, i);
	strbuf_add_escaped(c, text, len);
	strbuf_addstr(c, "\";\n");
}

/* All strings of kbuild's .modinfo but the module's own. */
static void add_strings(struct strbuf *c, const struct elfobj *mod)
{
	struct elfobj_section s;
	const char *at, *end;
	unsigned i = 0;

	if (!elfobj_find(mod, ".modinfo", &s) || !s.data)
		return;
	at = (const char *)s.data;
	end = at + s.size;
	while (at < end) {
		size_t n = strnlen(at, (size_t)(end - at));

		if (n && strncmp(at, "name=", n < 5 ? n : 5))
			add_string(c, "common", i++, at, n);
		at += n + 1;
	}
}

/* The kernel compares it with its own before it takes unwind data. */
static void add_orc_header(struct strbuf *c, const struct elfobj *mod)
{
	struct elfobj_section s;
	size_t i;

	if (!elfobj_find(mod, ".orc_header", &s) || !s.data || !s.size ||
	    s.size > 256)
		return;
	strbuf_addstr(c, "static const unsigned char sp_orc_header[]\n"
			 "__attribute__((used, section(\".orc_header\"))) = {");
	for (i = 0; i < s.size; i++)
		strbuf_addf(c, "%u,", s.data[i]);
	strbuf_addstr(c, "};\n");
}

typedef VEC(struct symvers_want) wants;

static bool of_module(const char *name)
{
	return !strncmp(name, "sp_", 3) || !strcmp(name, "__this_module");
}

/* What the runtime needs of the kernel; stops at what it does not export. */
static int find_symbols(wants *w, const struct elfobj *runtime,
			const char *symvers, size_t len, struct strbuf *err)
{
	struct symvers_want *it;
	size_t i, needed;
	int rc;

	for (i = 0; i < runtime->n_symbols; i++) {
		struct elfobj_symbol sym;

		if (!elfobj_symbol(runtime, i, &sym))
			return unknown(err, "a broken symbol table");
		if (sym.undefined && sym.name[0] && !of_module(sym.name))
			vec_push(NULL, w, (struct symvers_want){ sym.name, 0,
								 false });
	}
	needed = w->len;
	rc = symvers_find(symvers, len, w->at, needed, err);
	for (i = 0; !rc && i < needed; i++) {
		if (w->at[i].found)
			continue;
		strbuf_addf(err, "the kernel does not export '%s', which the runtime needs",
			    w->at[i].name);
		return -ENOENT;
	}
	for (i = 0; i < ARRAY_SIZE(compiler_symbols); i++) {
		bool there = false;

		vec_foreach(it, w)
			there = there || !strcmp(it->name, compiler_symbols[i]);
		if (!there)
			vec_push(NULL, w, (struct symvers_want){
						  compiler_symbols[i], 0,
						  false });
	}
	return rc ? rc : symvers_find(symvers, len, w->at, w->len, err);
}

static void add_versions(struct strbuf *c, const wants *w)
{
	const struct symvers_want *it;

	strbuf_addf(c,
		    "static const struct {\n"
		    "\tunsigned long crc;\n"
		    "\tchar name[%zu - sizeof(unsigned long)];\n"
		    "} sp_versions[]\n"
		    "__attribute__((used, section(\"__versions\"))) = {\n",
		    (size_t)VERSION_SIZE);
	vec_foreach(it, w) {
		if (it->found && strlen(it->name) < VERSION_SIZE - 8)
			strbuf_addf(c, "\t{ 0x%08x, \"%s\" },\n", it->crc,
				    it->name);
	}
	strbuf_addstr(c, "};\n");
}

int modinfo_emit_common(struct strbuf *c, const struct modinfo_layout *l,
			const struct elfobj *mod, const struct elfobj *runtime,
			const char *symvers, size_t symvers_len,
			struct strbuf *err)
{
	wants w = { 0 };
	int rc = find_symbols(&w, runtime, symvers, symvers_len, err);

	if (!rc) {
		add_strings(c, mod);
		add_orc_header(c, mod);
		if (l->versions)
			add_versions(c, &w);
	}
	vec_release(&w);
	return rc;
}

static void add_gap(struct strbuf *c, size_t from, size_t to, int tag)
{
	if (to > from)
		strbuf_addf(c, "\tchar gap_%c[%zu];\n", tag, to - from);
}

void modinfo_emit_module(struct strbuf *c, const struct modinfo_layout *l,
			 const char *name)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_addf(&text, "name=%s", name);
	strbuf_addstr(c, "\n/* What makes it a module. */\n");
	add_string(c, "name", 0, text.buf, text.len);
	strbuf_addstr(c, "int init_module(void);\n"
			 "void cleanup_module(void);\n"
			 "struct module {\n");
	add_gap(c, 0, l->name_at, 'a');
	strbuf_addf(c, "\tchar name[%d];\n", MODINFO_NAME_SIZE);
	add_gap(c, l->name_at + MODINFO_NAME_SIZE, l->init_at, 'b');
	strbuf_addstr(c, "\tint (*init)(void);\n");
	add_gap(c, l->init_at + 8, l->exit_at, 'c');
	strbuf_addstr(c, "\tvoid (*exit)(void);\n");
	add_gap(c, l->exit_at + 8, l->size, 'd');
	strbuf_addf(c,
		    "};\n"
		    "extern struct module __this_module;\n"
		    "struct module __this_module __attribute__((used,\n"
		    "\taligned(%zu), section(\"" THIS_MODULE "\"))) = {\n"
		    "\t.name = \"%s\",\n"
		    "\t.init = init_module,\n"
		    "\t.exit = cleanup_module,\n"
		    "};\n",
		    l->align, name);
	strbuf_release(&text);
}

/* Whether the table names the symbol. */
static bool has_version(const struct elfobj_section *s, const char *name)
{
	size_t i, n = strlen(name);

	if (n >= VERSION_SIZE - 8)
		return false;
	for (i = 0; i + VERSION_SIZE <= s->size; i += VERSION_SIZE)
		if (!memcmp(s->data + i + 8, name, n + 1))
			return true;
	return false;
}

int modinfo_check(const struct elfobj *ko, struct strbuf *err)
{
	struct elfobj_section versions;
	size_t i;

	if (!elfobj_find(ko, "__versions", &versions) || !versions.data)
		return 0;
	for (i = 0; i < ko->n_symbols; i++) {
		struct elfobj_symbol sym;

		if (!elfobj_symbol(ko, i, &sym) || !sym.undefined ||
		    !sym.name[0] || has_version(&versions, sym.name))
			continue;
		strbuf_addf(err, "neither the runtime nor the kernel is known to have '%s'",
			    sym.name);
		return -ENOENT;
	}
	return 0;
}
