/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The recipe of a kernel's modules: learnt from the commands that kbuild left
 * in its .NAME.cmd files, kept as lines of text "what value".
 */
#include "kmod/build_internal.h"

#include "base/bug.h"
#include "base/io.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CMD_MAX (4u << 20)
#define HEAD "spile recipe 1"

void kmod_split(struct arena *a, const char *text, size_t len, kmod_words *out)
{
	const char *end = text + len;

	for (;;) {
		struct strbuf word = STRBUF_INIT;
		char quote = 0;

		while (text < end && (*text == ' ' || *text == '\t'))
			text++;
		if (text == end)
			return;
		for (; text < end && (quote || (*text != ' ' && *text != '\t'));
		     text++) {
			if (quote && *text == quote)
				quote = 0;
			else if (!quote && (*text == '\'' || *text == '"'))
				quote = *text;
			else
				strbuf_addch(&word, *text);
		}
		vec_push(a, out, arena_strndup(a, word.buf, word.len));
		strbuf_release(&word);
	}
}

static bool starts(const char *word, const char *with)
{
	return !strncmp(word, with, strlen(with));
}

/* Flags that a file without headers does without: tracing of our own
 * functions, plugins, paths. */
static bool is_unwanted(const char *flag)
{
	static const char *const heads[] = {
		"-mfentry", "-mrecord-mcount", "-mnop-mcount", "-fplugin",
		"-fmacro-prefix-map", "-ffile-prefix-map",
		"-fdebug-prefix-map", "-fprofile", "-fsanitize",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(heads); i++)
		if (starts(flag, heads[i]))
			return true;
	return false;
}

void kmod_take_flags(struct arena *a, const kmod_words *command,
		     const kmod_words *dropped, kmod_words *out)
{
	static const char *const heads[] = { "-m", "-f", "-O", "-std=",
					     "--param=", "--target=" };
	const char **drop;
	size_t i, h;

	for (i = 1; i < command->len; i++) {
		const char *word = command->at[i];
		bool wanted = !strcmp(word, "-nostdinc");

		for (h = 0; h < ARRAY_SIZE(heads); h++)
			wanted = wanted || starts(word, heads[h]);
		vec_foreach(drop, dropped)
			wanted = wanted && strcmp(word, *drop);
		if (wanted && !is_unwanted(word))
			vec_push(a, out, word);
		/* Two words. */
		if (!strcmp(word, "--param") && i + 1 < command->len) {
			vec_push(a, out, word);
			vec_push(a, out, command->at[++i]);
		}
	}
}

/* The command in .NAME.cmd, on its first line behind ":=", in parts that were
 * joined by ";". */
static int read_commands(struct kmod *k, const char *name, kmod_words *parts,
			 struct strbuf *err)
{
	const char *path = kmod_tmp(k, arena_printf(&k->arena, ".%s.cmd",
						    name));
	struct strbuf text = STRBUF_INIT;
	int rc = io_read_file(path, CMD_MAX, &text, err);
	const char *at, *end;

	if (!rc) {
		end = text.buf + strcspn(text.buf, "\n");
		at = strstr(text.buf, ":=");
		if (!at || at > end) {
			strbuf_addf(err, "kbuild left no command in '%s'",
				    path);
			rc = -EINVAL;
		}
	}
	for (at = rc ? NULL : at + 2; at; at = *at == ';' ? at + 1 : NULL) {
		size_t n = strcspn(at, ";\n");

		vec_push(&k->arena, parts, arena_strndup(&k->arena, at, n));
		at += n;
	}
	strbuf_release(&text);
	return rc;
}

/* objtool's command, if one of the parts is that, for one file alone. */
static void take_objtool(struct kmod *k, const kmod_words *parts,
			 struct kmod_recipe *r)
{
	/* These are for whole modules. */
	static const char *const whole[] = { "--link", "--ibt", "--noinstr",
					     "--unret", "--werror",
					     "--Werror" };
	const char **part;
	size_t i, w;

	vec_foreach(part, parts) {
		kmod_words words = { 0 };
		const char *p;

		kmod_split(&k->arena, *part, strlen(*part), &words);
		if (r->objtool.len || words.len < 2 ||
		    !strstr(words.at[0], "objtool"))
			continue;
		p = words.at[0];
		vec_push(&k->arena, &r->objtool,
			 p[0] == '/' ? p : arena_printf(&k->arena, "%s/%s",
							k->tree, p));
		for (i = 1; i + 1 < words.len; i++) {
			bool keep = starts(words.at[i], "-");

			for (w = 0; w < ARRAY_SIZE(whole); w++)
				keep = keep && strcmp(words.at[i], whole[w]);
			if (keep)
				vec_push(&k->arena, &r->objtool, words.at[i]);
		}
	}
}

/* The linker, its flags, and the script apart from them. */
static int take_linker(struct kmod *k, const char *command,
		       struct kmod_recipe *r, const char **script,
		       struct strbuf *err)
{
	kmod_words words = { 0 };
	size_t i;

	kmod_split(&k->arena, command, strlen(command), &words);
	for (i = 0; i < words.len && strcmp(words.at[i], "-o"); i++) {
		const char *w = words.at[i];

		if (!strcmp(w, "-T") && i + 1 < words.len) {
			w = words.at[++i];
			*script = w[0] == '/' ? w :
				  arena_printf(&k->arena, "%s/%s", k->tree, w);
		} else {
			vec_push(&k->arena, &r->ld, w);
		}
	}
	if (r->ld.len < 2 || i == words.len) {
		strbuf_addstr(err, "kbuild links modules in an unknown way");
		return -EINVAL;
	}
	/* No debug information. */
	vec_push(&k->arena, &r->ld, "-S");
	return 0;
}

int kmod_learn(struct kmod *k, const char *name, const char *source,
	       const kmod_words *dropped, struct kmod_recipe *r,
	       const char **script_path, struct strbuf *err)
{
	kmod_words parts = { 0 }, link_parts = { 0 }, ko_parts = { 0 };
	kmod_words words = { 0 };
	int rc;

	*script_path = NULL;
	rc = read_commands(k, arena_printf(&k->arena, "%s.o", source), &parts,
			   err);
	if (!rc)
		rc = read_commands(k, arena_printf(&k->arena, "%s.o", name),
				   &link_parts, err);
	if (!rc)
		rc = read_commands(k, arena_printf(&k->arena, "%s.ko", name),
				   &ko_parts, err);
	if (rc)
		return rc;
	kmod_split(&k->arena, parts.at[0], strlen(parts.at[0]), &words);
	vec_push(&k->arena, &r->cc, k->cc);
	kmod_take_flags(&k->arena, &words, dropped, &r->cc);
	vec_push(&k->arena, &r->cc, "-w");
	take_objtool(k, &parts, r);
	take_objtool(k, &link_parts, r);
	return take_linker(k, ko_parts.at[0], r, script_path, err);
}

/* --- as text --- */

static void write_words(struct strbuf *out, const char *what,
			const kmod_words *words)
{
	const char **word;

	vec_foreach(word, words)
		strbuf_addf(out, "%s %s\n", what, *word);
}

void kmod_recipe_write(const struct kmod_recipe *r, struct strbuf *out)
{
	const struct modinfo_layout *l = &r->layout;

	strbuf_addstr(out, HEAD "\n");
	write_words(out, "cc", &r->cc);
	write_words(out, "objtool", &r->objtool);
	write_words(out, "ld", &r->ld);
	strbuf_addf(out, "module %zu %zu %zu %zu %zu %d\n", l->size, l->align,
		    l->name_at, l->init_at, l->exit_at, l->versions);
	strbuf_addf(out, "script %d\nend\n", r->script);
}

static bool read_layout(struct modinfo_layout *l, const char *text)
{
	int versions;

	if (sscanf(text, "%zu %zu %zu %zu %zu %d", &l->size, &l->align,
		   &l->name_at, &l->init_at, &l->exit_at, &versions) != 6)
		return false;
	l->versions = versions;
	return l->size <= 65536 && l->exit_at <= l->size - 8 &&
	       l->init_at + 8 <= l->exit_at &&
	       l->name_at + MODINFO_NAME_SIZE <= l->init_at && l->align &&
	       l->align <= 4096 && !(l->align & (l->align - 1));
}

int kmod_recipe_read(struct arena *a, struct kmod_recipe *r, const char *text,
		     size_t len)
{
	char *copy = arena_strndup(a, text, len), *save, *line;
	bool head = false, end = false, layout = false;

	for (line = strtok_r(copy, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		if (!head)
			head = !strcmp(line, HEAD);
		else if (starts(line, "cc "))
			vec_push(a, &r->cc, line + 3);
		else if (starts(line, "objtool "))
			vec_push(a, &r->objtool, line + 8);
		else if (starts(line, "ld "))
			vec_push(a, &r->ld, line + 3);
		else if (starts(line, "module "))
			layout = read_layout(&r->layout, line + 7);
		else if (starts(line, "script "))
			r->script = line[7] == '1';
		else if (!strcmp(line, "end"))
			end = true;
	}
	return end && layout && r->cc.len && r->ld.len ? 0 : -EINVAL;
}
