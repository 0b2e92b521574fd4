/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Forms of the language that no executor runs: known, and refused by name, so
 * that nobody takes them for spelling mistakes. Under ? and ! they are places
 * that do not exist.
 */
#include "probe/providers.h"

enum {
	KERNEL_FUNCTION,
	KERNEL_STATEMENT,
	KERNEL_MARK,
	KERNEL_LSM,
	KERNEL_XDP,
	MODULE,
	KPROBE,
	PROCESS_FUNCTION,
	PROCESS_DATA,
	NETFILTER,
	JAVA,
	PYTHON,
	DEBUGINFOD,
};

static const char *const families[] = {
	[KERNEL_FUNCTION] = "kernel.function",
	[KERNEL_STATEMENT] = "kernel.statement",
	[KERNEL_MARK] = "kernel.mark",
	[KERNEL_LSM] = "kernel.lsm",
	[KERNEL_XDP] = "xdp",
	[MODULE] = "module",
	[KPROBE] = "kprobe",
	[PROCESS_FUNCTION] = "process.function callee",
	[PROCESS_DATA] = "process.data",
	[NETFILTER] = "netfilter",
	[JAVA] = "java",
	[PYTHON] = "python",
	[DEBUGINFOD] = "debuginfod",
};

/* The forms of process(…) for one kind of its argument. */
#define PROCESS_FORMS(process)                                                \
	{ process ".function(S).callee(S)...", PROCESS_FUNCTION },            \
	{ process ".function(S).callees...", PROCESS_FUNCTION },              \
	{ process ".function(S).callees(N)...", PROCESS_FUNCTION },           \
	{ process ".data(S)...", PROCESS_DATA },                              \
	{ process ".data(N)...", PROCESS_DATA }

static const struct probe_pattern patterns[] = {
	{ "kernel.function(S)...", KERNEL_FUNCTION },
	{ "kernel.function(N)...", KERNEL_FUNCTION },
	{ "kernel.statement(S)...", KERNEL_STATEMENT },
	{ "kernel.statement(N)...", KERNEL_STATEMENT },
	{ "kernel.mark(S)...", KERNEL_MARK },
	{ "kernel.lsm(S)", KERNEL_LSM },
	{ "lsm.%", KERNEL_LSM },
	{ "kernel.xdp...", KERNEL_XDP },
	{ "kernel.xdp(S)...", KERNEL_XDP },
	{ "xdp", KERNEL_XDP },
	{ "xdp(S)", KERNEL_XDP },
	{ "module(S).function(S)...", MODULE },
	{ "module(S).function(N)...", MODULE },
	{ "module(S).statement(S)...", MODULE },
	{ "module(S).statement(N)...", MODULE },
	{ "module(S).tracepoint(S)", MODULE },
	{ "kprobe.function(S)...", KPROBE },
	{ "kprobe.module(S)...", KPROBE },
	{ "kprobe.statement(N)...", KPROBE },
	PROCESS_FORMS("process"),
	PROCESS_FORMS("process(S)"),
	PROCESS_FORMS("process(N)"),
	{ "netfilter.hook(S)...", NETFILTER },
	{ "netfilter.pf(S)...", NETFILTER },
	{ "java(S)...", JAVA },
	{ "java(N)...", JAVA },
	{ "python2.module(S)...", PYTHON },
	{ "python3.module(S)...", PYTHON },
	{ "debuginfod...", DEBUGINFOD },
	{ NULL, 0 },
};

static void resolve(struct resolve *r, const struct ast_point *pt, int tag)
{
	resolve_error(r, pt->loc, PROBE_UNSUPPORTED, families[tag]);
}

const struct provider provider_unsupported = {
	.name = "unsupported",
	.patterns = patterns,
	.resolve = resolve,
	.unprivileged = true,
};
