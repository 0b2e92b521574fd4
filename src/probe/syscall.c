/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * syscall.NAME  syscall.NAME.return    entry to and return from a system call
 * syscall.*     syscall.*.return       of all: one probe
 * syscall_any   syscall_any.return     the same
 *
 * NAME may hold wildcards: a probe for each call that matches. nd_syscall and
 * the like are other ways to the same places in the reference. Calls that never
 * come back have no return.
 */
#include "base/glob.h"
#include "base/similar.h"
#include "probe/providers.h"
#include "symbols/syscalls.h"

#include <string.h>

enum {
	ENTRY = 0,
	RETURN = 1,
	ANY = 2
};

static const struct probe_pattern patterns[] = {
	{ "syscall.%", ENTRY },
	{ "syscall.%.return", RETURN },
	{ "nd_syscall.%", ENTRY },
	{ "nd_syscall.%.return", RETURN },
	{ "dw_syscall.%", ENTRY },
	{ "dw_syscall.%.return", RETURN },
	{ "tp_syscall.%", ENTRY },
	{ "tp_syscall.%.return", RETURN },
	{ "syscall_any", ANY | ENTRY },
	{ "syscall_any.return", ANY | RETURN },
	{ NULL, 0 },
};

/* Script names that differ from the kernel's. */
static const char *const aliases[][2] = {
	{ "fstatat", "newfstatat" },
	{ "pread", "pread64" },
	{ "pwrite", "pwrite64" },
	{ "umount", "umount2" },
	{ NULL, NULL },
};

static const char *const no_return[] = { "exit", "exit_group", "rt_sigreturn",
					 NULL };

static bool comes_back(const char *name)
{
	const char *const *n;

	for (n = no_return; *n; n++)
		if (!strcmp(*n, name))
			return false;
	return true;
}

static void add(struct resolve *r, const struct ast_point *pt, int tag,
		const char *label, const char *name, int number)
{
	struct ast_point named = *pt;
	struct ast_component comps[3];
	struct resolved_probe *p;

	if ((tag & RETURN) && !comes_back(name))
		return;
	memcpy(comps, pt->comps.at, pt->comps.len * sizeof(comps[0]));
	named.comps.at = comps;
	if (!(tag & ANY))
		comps[1].name = label;
	p = resolve_add(r, &named,
			tag & RETURN ? ATTACH_SYSRET : ATTACH_SYSCALL);
	p->s0 = intern_str(r->names, name);
	p->n0 = number;
}

static const struct syscall_row *find_row(const char *name)
{
	const struct syscall_row *row;

	for (row = syscall_table; row->name; row++)
		if (!strcmp(row->name, name))
			return row;
	return NULL;
}

static const struct syscall_row *find(const char *name)
{
	size_t i;

	for (i = 0; aliases[i][0]; i++)
		if (!strcmp(aliases[i][0], name))
			return find_row(aliases[i][1]);
	return find_row(name);
}

static void hint_similar(struct resolve *r, const char *name)
{
	struct similar near = { .want = name };
	struct strbuf text = STRBUF_INIT;
	const struct syscall_row *row;

	for (row = syscall_table; row->name; row++)
		similar_offer(&near, row->name);
	similar_add(&near, &text);
	r->nothing = RESOLVE_MISMATCH;
	r->hint = arena_printf(r->arena, " (similar: %s)", text.buf);
	strbuf_release(&text);
}

static void resolve(struct resolve *r, const struct ast_point *pt, int tag)
{
	const char *name = tag & ANY ? "*" : pt->comps.at[1].name;
	const struct syscall_row *row;

	if (!strcmp(name, "*") && !(r->env->listing && !(tag & ANY))) {
		add(r, pt, tag, "*", "*", -1);
	} else if (glob_is_pattern(name)) {
		for (row = syscall_table; row->name; row++)
			if (glob_match(name, row->name))
				add(r, pt, tag, row->name, row->name,
				    row->number);
	} else {
		row = find(name);
		if (row)
			add(r, pt, tag, name, row->name, row->number);
		else
			hint_similar(r, name);
	}
}

const struct provider provider_syscall = {
	.name = "syscall",
	.patterns = patterns,
	.resolve = resolve,
};
