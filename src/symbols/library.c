/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symbols/library.h"

#include "base/glob.h"
#include "base/io.h"
#include "symbols/elffile.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_LIBRARIES 1024u
#define MAX_FOLDERS   256u
#define MAX_CONF      65536u
#define CONF_DEPTH    4

struct search {
	struct arena *arena;
	const char *sysroot;
	program_paths system; /* folders */
};

static bool is_known(const program_paths *list, const char *path)
{
	const char *const *it;

	vec_foreach(it, list)
		if (!strcmp(*it, path))
			return true;
	return false;
}

/* Append the real path of a regular file, once. */
static bool add_file(struct arena *a, const char *path, program_paths *out)
{
	char *real = realpath(path, NULL);
	struct stat st;
	bool good = real && !stat(real, &st) && S_ISREG(st.st_mode);

	if (good && !is_known(out, real) && out->len < MAX_LIBRARIES)
		vec_push(a, out, arena_strdup(a, real));
	free(real);
	return good;
}

/* --- the folders of the system --- */

static void read_conf(struct search *s, const char *path, int depth);

static void include_conf(struct search *s, const char *pattern, int depth)
{
	glob_t g;
	size_t i;

	if (*pattern != '/')
		pattern = arena_printf(s->arena, "/etc/%s", pattern);
	pattern = arena_printf(s->arena, "%s%s", s->sysroot, pattern);
	if (glob(pattern, 0, NULL, &g))
		return;
	for (i = 0; i < g.gl_pathc && i < MAX_FOLDERS; i++)
		read_conf(s, g.gl_pathv[i], depth + 1);
	globfree(&g);
}

static void read_conf(struct search *s, const char *path, int depth)
{
	struct strbuf text = STRBUF_INIT;
	char *line, *rest;

	/* A system without the file has its usual folders only. */
	if (depth <= CONF_DEPTH && !io_read_file(path, MAX_CONF, &text, NULL)) {
		for (line = strtok_r(text.buf, "\n", &rest); line;
		     line = strtok_r(NULL, "\n", &rest)) {
			line += strspn(line, " \t");
			line[strcspn(line, "#")] = '\0';
			if (!strncmp(line, "include ", 8))
				include_conf(s,
					     line + 8 + strspn(line + 8, " "),
					     depth);
			else if (*line == '/' && s->system.len < MAX_FOLDERS)
				vec_push(s->arena, &s->system,
					 arena_printf(s->arena, "%s%s",
						      s->sysroot, line));
		}
	}
	strbuf_release(&text);
}

static void search_init(struct search *s, struct arena *a, const char *sysroot)
{
	static const char *const usual[] = { "/lib64", "/usr/lib64", "/lib",
					     "/usr/lib", NULL };
	size_t i;

	*s = (struct search){ .arena = a, .sysroot = sysroot ? sysroot : "" };
	read_conf(s, arena_printf(a, "%s/etc/ld.so.conf", s->sysroot), 0);
	for (i = 0; usual[i]; i++)
		vec_push(a, &s->system,
			 arena_printf(a, "%s%s", s->sysroot, usual[i]));
}

/* --- what a program names --- */

struct wants {
	program_paths needed, folders;
};

/* Folders joined by colons; $ORIGIN is that of the file. */
static void add_folders(struct arena *a, const char *list, const char *of,
			program_paths *out)
{
	static const char *const marks[] = { "$ORIGIN", "${ORIGIN}", NULL };
	const char *slash = strrchr(of, '/');
	int dir_len = slash ? (int)(slash - of) : 0;

	while (*list && out->len < MAX_FOLDERS) {
		size_t len = strcspn(list, ":"), i, n;
		const char *dir = arena_strndup(a, list, len);

		for (i = 0; marks[i]; i++) {
			n = strlen(marks[i]);
			if (!strncmp(dir, marks[i], n))
				dir = arena_printf(a, "%.*s%s", dir_len, of,
						   dir + n);
		}
		if (*dir)
			vec_push(a, out, dir);
		list += len + (list[len] != '\0');
	}
}

static void read_dynamic(struct arena *a, const struct elffile *f,
			 struct wants *out)
{
	struct elf_part p;
	size_t i, n;

	if (!elffile_part_of_type(f, SHT_DYNAMIC, &p) || !p.data ||
	    !p.header.sh_entsize)
		return;
	n = p.header.sh_size / p.header.sh_entsize;
	for (i = 0; i < n && out->needed.len < MAX_LIBRARIES; i++) {
		const char *s;
		GElf_Dyn d;

		if (!gelf_getdyn(p.data, (int)i, &d) || d.d_tag == DT_NULL)
			return;
		if (d.d_tag != DT_NEEDED && d.d_tag != DT_RUNPATH &&
		    d.d_tag != DT_RPATH)
			continue;
		s = elf_strptr(f->elf, p.header.sh_link, d.d_un.d_val);
		if (!s || !*s)
			continue;
		if (d.d_tag == DT_NEEDED)
			vec_push(a, &out->needed, arena_strdup(a, s));
		else
			add_folders(a, s, f->path, &out->folders);
	}
}

static void read_wants(struct arena *a, const char *path, struct wants *out)
{
	struct strbuf err = STRBUF_INIT;
	struct elffile f;

	*out = (struct wants){ 0 };
	/* Whoever uses the file reports that it is none. */
	if (!elffile_open(a, path, &f, &err)) {
		read_dynamic(a, &f, out);
		elffile_close(&f);
	}
	strbuf_release(&err);
}

static bool find_in(struct search *s, const program_paths *dirs,
		    const char *name, program_paths *out)
{
	const char *const *dir;

	vec_foreach(dir, dirs)
		if (add_file(s->arena,
			     arena_printf(s->arena, "%s/%s", *dir, name), out))
			return true;
	return false;
}

/* Look for a name as the loader does. */
static bool find_name(struct search *s, const struct wants *w, const char *name,
		      program_paths *out)
{
	const char *env = getenv("LD_LIBRARY_PATH");
	program_paths dirs = { 0 };

	if (strchr(name, '/'))
		return add_file(s->arena, name, out);
	if (env)
		add_folders(s->arena, env, "", &dirs);
	return find_in(s, &dirs, name, out) ||
	       find_in(s, &w->folders, name, out) ||
	       find_in(s, &s->system, name, out);
}

static void add_needed(struct search *s, const char *program,
		       program_paths *out)
{
	size_t first = out->len, i;
	const char *path = program;
	struct wants w;

	for (i = first;; i++) {
		const char *const *name;

		read_wants(s->arena, path, &w);
		vec_foreach(name, &w.needed)
			find_name(s, &w, *name, out);
		if (i >= out->len)
			return;
		path = out->at[i];
	}
}

void library_needed(struct arena *a, const char *program, const char *sysroot,
		    program_paths *out)
{
	struct search s;

	search_init(&s, a, sysroot);
	add_needed(&s, program, out);
}

/* Those of the needed libraries whose name or path matches. */
static void find_matching(struct search *s, const char *program,
			  const char *pattern, program_paths *out)
{
	program_paths all = { 0 };
	const char *const *path;

	add_needed(s, program, &all);
	vec_foreach(path, &all) {
		const char *slash = strrchr(*path, '/');

		if (glob_match(pattern, *path) ||
		    glob_match(pattern, slash ? slash + 1 : *path))
			add_file(s->arena, *path, out);
	}
}

void library_find(struct arena *a, const char *program, const char *name,
		  const char *sysroot, program_paths *out)
{
	struct search s;
	struct wants w;
	glob_t g;
	size_t i;

	search_init(&s, a, sysroot);
	if (!glob_is_pattern(name)) {
		if (*name == '/')
			name = arena_printf(a, "%s%s", s.sysroot, name);
		read_wants(a, program, &w);
		find_name(&s, &w, name, out);
		return;
	}
	find_matching(&s, program, name, out);
	if (out->len || *name != '/' ||
	    glob(arena_printf(a, "%s%s", s.sysroot, name), 0, NULL, &g))
		return;
	for (i = 0; i < g.gl_pathc; i++)
		add_file(a, g.gl_pathv[i], out);
	globfree(&g);
}
