/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tp_syscall("LIST")  tp_syscall("LIST").return  entry to and return from system
 *                                                calls
 * __syscall_any       __syscall_any.return       of all: one probe
 *
 * LIST is kernel names with commas between. NAME may hold wildcards; ~NAME is a
 * call of 32-bit programs, none of which are probed; A=B calls it A. Names that
 * the machine does not have are passed over. Calls that never come back have no
 * return. The aliases syscall.NAME and so on are the library's
 * (tapset/syscalls).
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
	{ "tp_syscall(S)", ENTRY },
	{ "tp_syscall(S).return", RETURN },
	{ "__syscall_any", ANY | ENTRY },
	{ "__syscall_any.return", ANY | RETURN },
	{ NULL, 0 },
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
		const char *name, const char *label, int number)
{
	struct ast_point named = *pt;
	struct ast_component comps[2];
	struct ast_expr arg = { .kind = AST_STRING };
	struct resolved_probe *p;

	if ((tag & RETURN) && !comes_back(name))
		return;
	memcpy(comps, pt->comps.at, pt->comps.len * sizeof(comps[0]));
	named.comps.at = comps;
	if (!(tag & ANY)) {
		arg.str = name;
		arg.len = strlen(name);
		comps[0].arg = &arg;
	}
	p = resolve_add(r, &named,
			tag & RETURN ? ATTACH_SYSRET : ATTACH_SYSCALL);
	p->s0 = intern_str(r->names, name);
	p->s1 = label;
	p->n0 = number;
}

static void hint_similar(struct resolve *r, const char *name)
{
	struct similar near = { .want = name };
	struct strbuf text = STRBUF_INIT;
	const struct syscall_row *row;

	for (row = syscall_table; row->name; row++)
		similar_offer(&near, row->name);
	similar_add(&near, &text);
	r->hint = arena_printf(r->arena, " (similar: %s)", text.buf);
	strbuf_release(&text);
}

/* One item of the list. */
static void resolve_item(struct resolve *r, const struct ast_point *pt, int tag,
			 const char *item)
{
	const char *equal = strchr(item, '='), *label = NULL;
	const struct syscall_row *row;
	size_t before = r->found.len;

	if (*item == '~')
		return;
	if (equal) {
		label = intern_bytes(r->names, item, (size_t)(equal - item));
		item = equal + 1;
	}
	for (row = syscall_table; row->name; row++)
		if (glob_match(item, row->name))
			add(r, pt, tag, row->name, label, row->number);
	if (r->found.len == before)
		hint_similar(r, item);
}

static void resolve(struct resolve *r, const struct ast_point *pt, int tag)
{
	const char *list = tag & ANY ? NULL : point_string(pt, 0);

	if (!list) {
		add(r, pt, tag, "*", NULL, -1);
		return;
	}
	while (*list) {
		size_t n = strcspn(list, ",");

		resolve_item(r, pt, tag, arena_strndup(r->arena, list, n));
		list += n + (list[n] != 0);
	}
}

const struct provider provider_syscall = {
	.name = "syscall",
	.patterns = patterns,
	.resolve = resolve,
};
