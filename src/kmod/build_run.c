/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs compilers and kbuild, in the temporary folder of one build. */
#include "kmod/build_internal.h"

#include "base/io.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SOURCE_MAX (4u << 20)
#define FLAG_ROUNDS 8 /* of kbuild, each drops flags that gcc refused */

const char *kmod_tmp(struct kmod *k, const char *name)
{
	return arena_printf(&k->arena, "%s/%s", k->tmp, name);
}

/* The package that a missing program is in. */
static const char *package_of(const char *program)
{
	const char *slash = strrchr(program, '/');
	const char *name = slash ? slash + 1 : program;

	if (!strcmp(name, "ld"))
		return "binutils";
	return name;
}

static void show(const kmod_words *argv)
{
	const char **word;

	vec_foreach(word, argv)
		fprintf(stderr, "%s%s", word == argv->at ? "Running " : " ",
			*word);
	fputc('\n', stderr);
}

int kmod_run(struct kmod *k, const kmod_words *argv, const char *dir,
	     struct strbuf *err)
{
	const char *env[] = { k->env_path, "LC_ALL=C",
			      arena_printf(&k->arena, "TMPDIR=%s", k->tmp),
			      NULL };
	struct subproc p = { .env = env, .dir = dir };
	kmod_words all = { 0 };
	size_t at = err->len;
	const char **word;
	int rc;

	vec_foreach(word, argv)
		vec_push(&k->arena, &all, *word);
	if (k->o->verbose > 1)
		show(&all);
	vec_push(&k->arena, &all, NULL);
	p.argv = all.at;
	rc = subproc_run(&k->guard, &p, err);
	if (!rc) {
		if (k->o->verbose > 1)
			fputs(err->buf + at, stderr);
		strbuf_cut(err, at);
		return 0;
	}
	if (err->len && err->buf[err->len - 1] != '\n')
		strbuf_addch(err, '\n');
	if (rc == -EINTR)
		strbuf_addstr(err, "interrupted");
	else if (rc == -ENOENT)
		strbuf_addf(err, "there is no program '%s'; install the package %s",
			    all.at[0], package_of(all.at[0]));
	else if (rc < 0)
		strbuf_addf(err, "cannot run '%s': %s", all.at[0],
			    strerror(-rc));
	else if (rc > 128)
		strbuf_addf(err, "'%s' was ended by signal %d", all.at[0],
			    rc - 128);
	else
		strbuf_addf(err, "'%s' failed with exit code %d", all.at[0],
			    rc);
	return rc < 0 ? rc : -EIO;
}

/* --- kbuild --- */

static int copy_file(const char *from, const char *to, struct strbuf *err)
{
	struct strbuf text = STRBUF_INIT;
	int rc = io_read_file(from, SOURCE_MAX, &text, err);

	if (!rc)
		rc = io_write_file(to, text.buf, text.len, 0644, err);
	strbuf_release(&text);
	return rc;
}

/* Append the kernel headers a file includes in any case, that is outside of
 * conditions but for a header's own. */
static int add_includes(struct strbuf *out, const char *path, int most_depth,
			struct strbuf *err)
{
	struct strbuf text = STRBUF_INIT;
	int rc = io_read_file(path, SOURCE_MAX, &text, err), depth = 0;
	const char *at = text.buf, *end;

	for (; !rc && *at; at = *end ? end + 1 : end) {
		end = at + strcspn(at, "\n");
		if (!strncmp(at, "#if", 3))
			depth++;
		else if (!strncmp(at, "#endif", 6))
			depth--;
		else if (!strncmp(at, "#include <", 10) && depth <= most_depth)
			strbuf_addf(out, "%.*s\n", (int)(end - at), at);
	}
	strbuf_release(&text);
	return rc;
}

/*
 * The runtime in one piece, because reading the kernel's headers is what takes
 * the time: all of those first, so that no macro of ours gets into them.
 */
static int write_all(struct kmod *k, struct strbuf *err)
{
	struct strbuf text = STRBUF_INIT;
	const char **path;
	int rc = 0;

	vec_foreach(path, &k->headers)
		rc = rc ? rc : add_includes(&text, *path, 1, err);
	vec_foreach(path, &k->sources)
		rc = rc ? rc : add_includes(&text, *path, 0, err);
	vec_foreach(path, &k->sources)
		strbuf_addf(&text, "#include \"%s\"\n", *path);
	if (!rc)
		rc = io_write_file(kmod_tmp(k, KMOD_ALL ".c"), text.buf,
				   text.len, 0644, err);
	strbuf_release(&text);
	return rc;
}

static int write_kbuild(struct kmod *k, const char *name, const char *script,
			struct strbuf *err)
{
	struct strbuf text = STRBUF_INIT;
	size_t i;
	int rc = write_all(k, err);

	/* The names of its parts are those of no module, thanks to the "-". */
	strbuf_addf(&text, "obj-m := %s.o\n%s-y := " KMOD_ALL ".o%s\n", name,
		    name, script ? " sp-script.o" : "");
	strbuf_addf(&text,
		    "ccflags-y := -g0 -I%s -I%s\n"
		    "ccflags-remove-y := $(CC_FLAGS_FTRACE)\n",
		    k->o->runtime, k->shared);
	for (i = 0; i < k->o->n_defines && script; i++)
		strbuf_addf(&text, "CFLAGS_sp-script.o += -D%s\n",
			    k->o->defines[i]);
	if (!rc)
		rc = io_write_file(kmod_tmp(k, "Kbuild"), text.buf, text.len,
				   0644, err);
	if (!rc && script)
		rc = copy_file(script, kmod_tmp(k, "sp-script.c"), err);
	strbuf_release(&text);
	return rc;
}

/*
 * A kernel made by a newer compiler may ask for flags that this one refuses.
 * kbuild cannot be told to leave them out, so it gets a compiler that does.
 */
static int write_compiler(struct kmod *k, const kmod_words *dropped,
			  struct strbuf *err)
{
	struct strbuf text = STRBUF_INIT;
	const char **flag;
	int rc;

	strbuf_addstr(&text, "#!/bin/sh\nfor a do\n\tshift\n\tcase $a in\n");
	vec_foreach(flag, dropped)
		strbuf_addf(&text, "\t'%s') ;;\n", *flag);
	strbuf_addf(&text, "\t*) set -- \"$@\" \"$a\" ;;\n\tesac\ndone\n"
			   "exec '%s' \"$@\"\n", k->cc);
	rc = io_write_file(kmod_tmp(k, "cc"), text.buf, text.len, 0755, err);
	strbuf_release(&text);
	return rc;
}

/* Add the flag that a message of the compiler's names in quotes behind `say`;
 * whether a new one was found. */
static bool take_refused(struct kmod *k, const char *messages, const char *say,
			 kmod_words *dropped)
{
	const char *at = messages;
	bool found = false;

	while ((at = strstr(at, say))) {
		const char *flag, **have;
		size_t n;

		at += strlen(say);
		/* Quotes are plain or not, by the locale. */
		at += strcspn(at, "-\n");
		n = strspn(at, "-=,.+_0123456789abcdefghijklmnopqrstuvwxyz"
			       "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
		flag = arena_strndup(&k->arena, at, n);
		vec_foreach(have, dropped)
			if (!strcmp(*have, flag))
				n = 0;
		if (n < 2)
			continue;
		vec_push(&k->arena, dropped, flag);
		found = true;
	}
	return found;
}

static void make_command(struct kmod *k, const char *cc, bool script,
			 kmod_words *argv)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	size_t i;

	vec_push(&k->arena, argv, "make");
	vec_push(&k->arena, argv, arena_printf(&k->arena, "-j%ld",
					       cpus > 0 ? cpus : 1));
	vec_push(&k->arena, argv, "-C");
	vec_push(&k->arena, argv, k->tree);
	vec_push(&k->arena, argv, arena_printf(&k->arena, "M=%s", k->tmp));
	vec_push(&k->arena, argv, arena_printf(&k->arena, "CC=%s", cc));
	vec_push(&k->arena, argv, "CONFIG_DEBUG_INFO_BTF_MODULES=");
	/* What the script defines is undefined in the runtime alone. */
	if (!script)
		vec_push(&k->arena, argv, "KBUILD_MODPOST_WARN=1");
	for (i = 0; i < k->o->n_make_vars; i++)
		vec_push(&k->arena, argv, k->o->make_vars[i]);
	vec_push(&k->arena, argv, "modules");
}

int kmod_kbuild(struct kmod *k, const char *name, const char *script,
		kmod_words *dropped, struct strbuf *err)
{
	struct strbuf out = STRBUF_INIT;
	kmod_words argv = { 0 };
	int round, rc;

	rc = write_kbuild(k, name, script, err);
	if (rc)
		return rc;
	make_command(k, k->cc, script, &argv);
	for (round = 0;; round++) {
		rc = kmod_run(k, &argv, k->tmp, &out);
		if (rc != -EIO || round == FLAG_ROUNDS)
			break;
		if (!take_refused(k, out.buf, "unrecognized command-line option",
				  dropped) &&
		    !take_refused(k, out.buf, "unrecognized argument in option",
				  dropped))
			break;
		rc = write_compiler(k, dropped, err);
		if (rc)
			break;
		argv.len = 0;
		make_command(k, kmod_tmp(k, "cc"), script, &argv);
		strbuf_reset(&out);
	}
	if (rc)
		strbuf_add(err, out.buf, out.len);
	k->kbuild_failed = rc != 0;
	strbuf_release(&out);
	return rc;
}
