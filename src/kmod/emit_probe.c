/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of probes of the C text. Each kind of attaching is a row; those
 * that modules do not have are left out.
 */
#include "base/hmap.h"
#include "kmod/emit_internal.h"

#include <inttypes.h>
#include <string.h>

/* By enum attach_kind: the name in runtime/program.h, or NULL. */
static const char *const kinds[] = {
	[ATTACH_BEGIN] = "SP_BEGIN",
	[ATTACH_END] = "SP_END",
	[ATTACH_ERROR] = "SP_ERROR",
	[ATTACH_NEVER] = "SP_NEVER",
	[ATTACH_TIMER] = "SP_TIMER",
	[ATTACH_JIFFIES] = "SP_JIFFIES",
	[ATTACH_INPUT] = "SP_INPUT",
	[ATTACH_PROCFS_READ] = "SP_PROCFS_READ",
	[ATTACH_PROCFS_WRITE] = "SP_PROCFS_WRITE",
	[ATTACH_RAW_TP] = "SP_RAW_TP",
	[ATTACH_SYSCALL] = "SP_SYSCALL",
	[ATTACH_SYSRET] = "SP_SYSRET",
	[ATTACH_UPROBE] = "SP_UPROBE",
	[ATTACH_URETPROBE] = "SP_URETPROBE",
	[ATTACH_PERF] = "SP_PERF",
	[ATTACH_WATCH] = "SP_WATCH",
	[ATTACH_KPROBE] = "SP_KPROBE",
	[ATTACH_KRETPROBE] = "SP_KRETPROBE",
	[ATTACH_EXEC] = "SP_EXEC",
	[ATTACH_FORKED] = "SP_FORKED",
	[ATTACH_EXITED] = "SP_EXITED",
};

bool kc_has_kind(enum attach_kind kind)
{
	return kind < sizeof(kinds) / sizeof(kinds[0]) && kinds[kind];
}

static void add_text(struct kc *k, const char *field, const char *text,
		     size_t len)
{
	strbuf_addf(k->out, "\t\t.%s = ", field);
	kc_quote(k->out, text, len);
	strbuf_addstr(k->out, ",\n");
}

static void add_parameter(struct kc *k, const char *field, int64_t n)
{
	if (n == INT64_MIN)
		strbuf_addf(k->out, "\t\t.%s = (-9223372036854775807ll - 1),\n",
			    field);
	else if (n)
		strbuf_addf(k->out, "\t\t.%s = %" PRId64 "ll,\n", field, n);
}

/* By probe: the next one of the same point, or the number of probes; whether it
 * is such a next one. */
struct chain {
	size_t next;
	bool follows;
};

static struct chain *make_chains(struct kc *k)
{
	size_t n = k->p->probes.len, i;
	struct chain *chains = arena_array(&k->arena, struct chain, n);
	struct hmap last = { 0 };

	for (i = 0; i < n; i++) {
		const char *point = k->p->probes.at[i].point;
		/* The number plus one, as 0 is "none". */
		uintptr_t before = (uintptr_t)hmap_gets(&last, point);

		chains[i] = (struct chain){ n, before != 0 };
		if (before)
			chains[before - 1].next = i;
		hmap_puts(&last, point, (void *)(i + 1));
	}
	hmap_release(&last);
	return chains;
}

static void add_probe(struct kc *k, size_t i, const struct chain *c)
{
	const struct ir_probe *pr = &k->p->probes.at[i];
	size_t len;
	const char *function = ir_probe_function(pr, &len);

	strbuf_addf(k->out, "\t{\n\t\t.kind = %s, .handler = %s,\n",
		    kinds[pr->attach], k->fn_name[pr->fn]);
	add_text(k, "point", pr->point, strlen(pr->point));
	if (pr->pn)
		add_text(k, "pn", pr->pn, strlen(pr->pn));
	if (len)
		add_text(k, "function", function, len);
	if (pr->s0)
		add_text(k, "s0", pr->s0, strlen(pr->s0));
	if (pr->s1)
		add_text(k, "s1", pr->s1, strlen(pr->s1));
	add_parameter(k, "n0", pr->n0);
	add_parameter(k, "n1", pr->n1);
	add_parameter(k, "n2", pr->n2);
	if (pr->target_only)
		strbuf_addstr(k->out, "\t\t.target_only = 1,\n");
	if (!c->follows)
		strbuf_addstr(k->out, "\t\t.head = 1,\n");
	if (c->next < k->p->probes.len)
		strbuf_addf(k->out, "\t\t.next = &probes[%zu],\n", c->next);
	strbuf_addstr(k->out, "\t},\n");
}

void kc_probes(struct kc *k)
{
	size_t n = k->p->probes.len, i;
	const struct chain *chains;

	if (!n)
		return;
	chains = make_chains(k);
	strbuf_addf(k->out, "\nstatic struct sp_probe probes[%zu] = {\n", n);
	for (i = 0; i < n; i++)
		add_probe(k, i, &chains[i]);
	strbuf_addstr(k->out, "};\n\n");
}
