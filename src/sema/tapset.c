/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See tapset.h. Names are kept as the lines that tapset_scan.h describes. */
#include "sema/tapset.h"

#include "base/glob.h"
#include "base/io.h"
#include "lang/ast_print.h"
#include "sema/tapset_scan.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define INDEX_HEAD "spile-tapset 1"
#define FILE_MAX   ((size_t)64 << 20)

struct library_file {
	const char *path;
	const char *name; /* behind the folder */
	bool macros, seen;
};

/* A file that offers a name. */
struct offer {
	struct library_file *file;
	struct offer *next;
};

struct alias {
	const char *name; /* "a.b" */
	struct library_file *file;
};

struct folder {
	const char *path;
	enum tapset_folder kind;
	unsigned root;           /* folders of one tapset_add_folder() */
	bool open;
	struct hmap names;       /* line → struct offer */
	VEC(struct alias) aliases;
	VEC(struct library_file *) files;
};

struct tapset {
	struct lang *l;
	VEC(struct folder *) folders;
	unsigned roots;
	bool has_arguments;      /* the file of argc and argv was made */
	struct strbuf *printed;  /* gets the text of each file used, or NULL */
};

/* --- folders --- */

static void add_name(struct tapset *t, struct folder *d,
		     struct library_file *file, const char *line)
{
	struct arena *arena = t->l->arena;
	struct offer *o, *first;

	if (!strncmp(line, "alias ", 6))
		vec_push(arena, &d->aliases, (struct alias){ line + 6, file });
	first = hmap_gets(&d->names, line);
	/* Overloads of one file are one offer. */
	if (first && first->file == file)
		return;
	o = arena_new(arena, struct offer);
	o->file = file;
	o->next = first;
	hmap_puts(&d->names, line, o);
}

static bool has_ending(const char *name, const char *ending)
{
	size_t n = strlen(name), m = strlen(ending);

	return n > m && !strcmp(name + n - m, ending);
}

static struct library_file *add_file(struct tapset *t, struct folder *d,
				     const char *name)
{
	struct library_file *f = arena_new(t->l->arena, struct library_file);

	f->path = arena_printf(t->l->arena, "%s/%s", d->path, name);
	f->name = strrchr(f->path, '/') + 1;
	f->macros = has_ending(name, ".stpm");
	vec_push(t->l->arena, &d->files, f);
	return f;
}

/* Say that a file or folder is left out, also while a macro of it is wanted
 * in a branch that is not taken. */
static void warn_unreadable(struct tapset *t, const char *path, int err)
{
	struct diag *d = t->l->diag;
	bool mute = d->mute;

	d->mute = false;
	diag_warn(d, (struct loc){ 0 }, LIBRARY_UNREADABLE, path,
		  strerror(err));
	d->mute = mute;
}

/* The file as a source, or NULL. */
static struct source *read_source(struct tapset *t, const char *path)
{
	struct strbuf text = STRBUF_INIT;
	struct source *src = NULL;
	int rc = io_read_file(path, FILE_MAX, &text, NULL);

	if (rc)
		warn_unreadable(t, path, -rc);
	else
		src = source_add(t->l->srcs, path, text.buf, text.len,
				 true);
	if (src)
		src->library = true;
	strbuf_release(&text);
	return src;
}

/* Read the index; false if there is none of ours. */
static bool read_index(struct tapset *t, struct folder *d)
{
	const char *path = arena_printf(t->l->arena, "%s/index", d->path);
	struct strbuf text = STRBUF_INIT;
	struct library_file *file = NULL;
	char *line, *end;

	if (io_read_file(path, FILE_MAX, &text, NULL) ||
	    strncmp(text.buf, INDEX_HEAD "\n", sizeof(INDEX_HEAD))) {
		strbuf_release(&text);
		return false;
	}
	line = arena_strndup(t->l->arena, text.buf, text.len);
	strbuf_release(&text);
	for (line += sizeof(INDEX_HEAD); (end = strchr(line, '\n'));
	     line = end + 1) {
		*end = 0;
		if (!strncmp(line, "file ", 5))
			file = add_file(t, d, line + 5);
		else if (file)
			add_name(t, d, file, line);
	}
	return true;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A file of this name came before, in a folder of the same root that fits the
 * machine better. */
static bool is_hidden(const struct tapset *t, const struct folder *d,
		      const char *name)
{
	struct folder *const *other;
	struct library_file *const *f;

	vec_foreach(other, &t->folders) {
		if (*other == d)
			break;
		if ((*other)->root != d->root)
			continue;
		vec_foreach(f, &(*other)->files)
			if (!strcmp((*f)->name, name))
				return true;
	}
	return false;
}

static void scan_file(struct tapset *t, struct folder *d, const char *name)
{
	struct library_file *f;
	tapset_names names = { 0 };
	const char *const *line;
	struct source *src;

	if (is_hidden(t, d, name))
		return;
	f = add_file(t, d, name);
	src = read_source(t, f->path);
	if (!src)
		return;
	tapset_scan(t->l, src, f->macros, &names);
	vec_foreach(line, &names)
		add_name(t, d, f, *line);
}

static void scan_folder(struct tapset *t, struct folder *d)
{
	VEC(const char *) names = { 0 };
	struct arena *arena = t->l->arena;
	const char *const *name;
	struct dirent *e;
	DIR *dir = opendir(d->path);

	if (!dir) {
		if (errno != ENOENT)
			warn_unreadable(t, d->path, errno);
		return;
	}
	while ((e = readdir(dir)))
		if (has_ending(e->d_name, ".stp") ||
		    has_ending(e->d_name, ".stpm"))
			vec_push(arena, &names,
				 arena_strndup(arena, e->d_name,
					       strlen(e->d_name)));
	closedir(dir);
	if (names.len)
		qsort(names.at, names.len, sizeof(names.at[0]), by_name);
	vec_foreach(name, &names)
		scan_file(t, d, *name);
}

static struct folder *open_folder(struct tapset *t, struct folder *d)
{
	if (!d->open && !read_index(t, d))
		scan_folder(t, d);
	d->open = true;
	return d;
}

static void push_folder(struct tapset *t, const char *path,
			enum tapset_folder kind)
{
	struct folder *d = arena_new(t->l->arena, struct folder);

	d->path = path;
	d->kind = kind;
	d->root = t->roots;
	vec_push(t->l->arena, &t->folders, d);
}

/* PATH/ARCH, then PATH. */
static void push_arch(struct tapset *t, const char *path,
		      enum tapset_folder kind)
{
	struct stat st;
	const char *arch = arena_printf(t->l->arena, "%s/%s", path,
					t->l->env->arch);

	if (!stat(arch, &st))
		push_folder(t, arch, kind);
	push_folder(t, path, kind);
}

/* PATH/VERSION for the full version and what is left of it when parts are
 * taken from its end, then PATH; each with the architecture. */
static void push_versions(struct tapset *t, const char *path,
			  enum tapset_folder kind)
{
	struct arena *arena = t->l->arena;
	const char *release = t->l->env->kernel_release;
	char *version = arena_strndup(arena, release, strlen(release));
	struct stat st;

	while (version[0]) {
		const char *sub = arena_printf(arena, "%s/%s", path, version);
		char *dash = strchr(version, '-'), *dot = strrchr(version, '.');

		if (!stat(sub, &st))
			push_arch(t, sub, kind);
		if (!dash && !dot)
			break;
		*(dash ? dash : dot) = 0;
	}
	push_arch(t, path, kind);
}

void tapset_add_folder(struct tapset *t, const char *path,
		       enum tapset_folder kind)
{
	const char *runtime = t->l->env->runtime, *sub;
	struct stat st;

	t->roots++;
	/* Our own library is one folder for all. */
	if (kind == TAPSET_MAIN) {
		push_folder(t, path, kind);
		return;
	}
	if (!strcmp(runtime, "kernel"))
		runtime = "linux";
	sub = arena_printf(t->l->arena, "%s/%s", path, runtime);
	if (!stat(sub, &st))
		push_versions(t, sub, kind);
	push_versions(t, path, kind);
}

/* --- files --- */

/* Parse a file that has not been parsed yet. */
static void use_file(struct tapset *t, struct library_file *f, ast_files *out)
{
	struct diag *d = t->l->diag;
	unsigned errors = d->errors;
	bool mute = d->mute;
	struct ast_file *ast = NULL;
	struct source *src;

	if (f->seen)
		return;
	f->seen = true;
	src = read_source(t, f->path);
	if (!src)
		return;
	/* A macro may be asked for in the middle of the user's text. */
	d->mute = false;
	if (f->macros)
		lang_parse_macros(t->l, src);
	else
		ast = lang_parse(t->l, src, LANG_LIBRARY);
	d->mute = mute;
	if (!ast)
		return;
	if (d->errors == errors) {
		if (t->printed)
			ast_print_file(ast, t->printed);
		vec_push(t->l->arena, out, ast);
		return;
	}
	d->errors = errors;
	diag_warn(d, (struct loc){ 0 }, LIBRARY_BROKEN, f->path);
}

/* Use all files that offer the line; whether there is one. Files found first
 * come first. */
static bool use_offers(struct tapset *t, const char *line, bool user_only,
		       ast_files *out)
{
	struct folder *const *d;
	bool found = false;

	vec_foreach(d, &t->folders) {
		VEC(struct library_file *) files = { 0 };
		const struct offer *o;

		if (user_only && (*d)->kind != TAPSET_USER)
			continue;
		if (found && (*d)->kind == TAPSET_OTHER)
			continue;
		o = hmap_gets(&open_folder(t, *d)->names, line);
		for (; o; o = o->next)
			vec_push(t->l->arena, &files, o->file);
		found |= files.len > 0;
		while (files.len)
			use_file(t, files.at[--files.len], out);
	}
	return found;
}

/* hook for lang.h */
static void need_macro(void *ctx, const char *name)
{
	struct tapset *t = ctx;

	use_offers(t, arena_printf(t->l->arena, "macro %s", name), false,
		   NULL);
}

void tapset_need_function(struct tapset *t, const char *name, unsigned arity,
			  bool user_only, ast_files *out)
{
	if (t && t->folders.len)
		use_offers(t, arena_printf(t->l->arena, "function %s/%u", name,
					   arity),
			   user_only, out);
}

/* Script text that sets argc and argv before anything else runs. */
static void use_arguments(struct tapset *t, ast_files *out)
{
	const struct lang_env *env = t->l->env;
	struct strbuf text = STRBUF_INIT;
	struct source *src;
	size_t i;

	if (t->has_arguments)
		return;
	t->has_arguments = true;
	strbuf_addf(&text, "global argc = %zu\nglobal argv[%zu]\n"
		    "probe begin(-0x8000000000000000) {\n",
		    env->n_args, env->n_args + 1);
	/* So that its values are known to be texts. */
	if (!env->n_args)
		strbuf_addstr(&text, "\tif (argc) argv[0] = \"\"\n");
	for (i = 0; i < env->n_args; i++) {
		strbuf_addf(&text, "\targv[%zu] = \"", i + 1);
		strbuf_add_escaped(&text, env->args[i], strlen(env->args[i]));
		strbuf_addstr(&text, "\"\n");
	}
	strbuf_addstr(&text, "}\n");
	src = source_add(t->l->srcs, "<arguments>", text.buf, text.len, true);
	strbuf_release(&text);
	if (!src)
		return;
	src->library = true;
	vec_push(t->l->arena, out, lang_parse(t->l, src, LANG_LIBRARY));
}

void tapset_need_global(struct tapset *t, const char *name, ast_files *out)
{
	if (!t)
		return;
	if (use_offers(t, arena_printf(t->l->arena, "global %s", name), false,
		       out))
		return;
	if (!strcmp(name, "argc") || !strcmp(name, "argv"))
		use_arguments(t, out);
}

/* Whether the point can mean the alias: its first components match the
 * alias's; what is left is a suffix. */
static bool can_mean(const struct ast_point *pt, const char *alias)
{
	const struct ast_component *c;
	char name[256];

	vec_foreach(c, &pt->comps) {
		size_t n = strcspn(alias, ".");

		if (!strcmp(c->name, "**"))
			return true;
		if (n >= sizeof(name))
			return false;
		memcpy(name, alias, n);
		name[n] = 0;
		if (!glob_match(c->name, name))
			return false;
		if (!alias[n])
			return true;
		alias += n + 1;
	}
	return false;
}

/* The files of aliases that begin like the point. */
static void use_neighbours(struct tapset *t, const struct ast_point *pt,
			   ast_files *out)
{
	const char *first = pt->comps.at[0].name;
	size_t n = strlen(first);
	struct folder *const *d;
	const struct alias *a;

	vec_foreach(d, &t->folders)
		vec_foreach(a, &(*d)->aliases)
			if (!strncmp(a->name, first, n) && a->name[n] == '.')
				use_file(t, a->file, out);
}

void tapset_need_aliases(struct tapset *t, const struct ast_point *pt,
			 bool user_only, ast_files *out)
{
	struct folder *const *d;
	const struct alias *a;
	bool found = false;

	if (!t)
		return;
	vec_foreach(d, &t->folders) {
		if (user_only && (*d)->kind != TAPSET_USER)
			continue;
		open_folder(t, *d);
		vec_foreach(a, &(*d)->aliases) {
			if (!can_mean(pt, a->name))
				continue;
			use_file(t, a->file, out);
			found = true;
		}
	}
	/* A misspelt one: its neighbours are worth naming. */
	if (!found && !user_only)
		use_neighbours(t, pt, out);
}

void tapset_need_all(struct tapset *t, ast_files *out)
{
	struct folder *const *d;
	struct library_file *const *f;

	vec_foreach(d, &t->folders)
		vec_foreach(f, &open_folder(t, *d)->files)
			if (!(*f)->macros)
				use_file(t, *f, out);
}

/* --- all of it --- */

struct tapset *tapset_new(struct lang *l)
{
	struct tapset *t = arena_new(l->arena, struct tapset);

	t->l = l;
	l->need_macro = need_macro;
	l->need_macro_ctx = t;
	return t;
}

void tapset_release(struct tapset *t)
{
	struct folder *const *d;

	t->l->need_macro = NULL;
	vec_foreach(d, &t->folders)
		hmap_release(&(*d)->names);
}

void tapset_print_files(struct tapset *t, struct strbuf *out)
{
	if (t)
		t->printed = out;
}

void tapset_offer_functions(struct tapset *t, struct similar *near)
{
	struct folder *const *d;
	size_t i;

	if (!t)
		return;
	vec_foreach(d, &t->folders) {
		const struct hmap *names = &open_folder(t, *d)->names;

		for (i = 0; i < names->len; i++) {
			const char *line = names->entries[i].key;

			if (strncmp(line, "function ", 9) || line[9] == '_')
				continue;
			line += 9;
			similar_offer(near,
				      arena_strndup(t->l->arena, line,
						    strcspn(line, "/")));
		}
	}
}

bool tapset_other_arity(struct tapset *t, const char *name, unsigned wanted,
			unsigned *arity)
{
	struct folder *const *d;

	if (!t)
		return false;
	for (*arity = 0; *arity < 16; ++*arity) {
		const char *line = arena_printf(t->l->arena, "function %s/%u",
						name, *arity);

		vec_foreach(d, &t->folders)
			if (*arity != wanted &&
			    hmap_gets(&open_folder(t, *d)->names, line))
				return true;
	}
	return false;
}

size_t tapset_count_scripts(struct tapset *t)
{
	struct folder *const *d;
	struct library_file *const *f;
	size_t n = 0;

	vec_foreach(d, &t->folders)
		vec_foreach(f, &open_folder(t, *d)->files)
			n += !(*f)->macros;
	return n;
}
