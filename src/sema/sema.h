/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pass 2: files to a typed program.
 *
 * Probe points are resolved (probe/), names bound, types inferred; what nothing
 * reaches is left out. The result is all that lower/ reads.
 */
#ifndef SPILE_SEMA_SEMA_H
#define SPILE_SEMA_SEMA_H

#include "lang/lang.h"
#include "probe/probe.h"
#include "sema/symbol.h"

struct tapset;

/* A handler: the bodies of one probe declaration, those of its aliases around
 * them, with one scope of locals. */
struct handler {
	uint32_t id;                 /* place in sema_prog.handlers */
	struct loc loc;              /* of the probe keyword */
	const char *name;            /* unique, for IR: "probe_3" */
	ast_stmts bodies;            /* run in order */
	VEC(struct ast_expr *) conditions; /* all must hold, tested first */
	symbols locals;
};

/* One place a handler is attached: what a provider found (probe/probe.h), and
 * the handler to run there. */
struct sema_probe {
	const struct resolved_probe *at;
	struct handler *handler;
	const char *listed;          /* the point as -l names it */
};

struct sema_prog {
	symbols globals;             /* used ones, in order of declaration */
	VEC(struct function *) functions; /* used script functions */
	VEC(struct handler *) handlers;
	VEC(struct sema_probe) probes;   /* in order of resolution */
	ast_exprs embeds;            /* C of no function, in order */
};

/* Analyse the files ([0] is the user's script, then -E scripts) with what they
 * need of the library (NULL: there is none). Errors go to l->diag. Never NULL; only to be used further if
 * l->diag->errors did not rise. All of it lives in l->arena. */
struct sema_prog *sema_analyze(struct lang *l, const struct probe_env *env,
			       struct tapset *tapset,
			       struct ast_file *const *files, size_t n_files);

/* Append the elaborated program as stap -p2 prints it (cli.md section 12);
 * bodies and initial values too if verbose. */
void sema_print(const struct lang *l, const struct sema_prog *p, bool verbose,
		struct strbuf *out);

/* Append the points of the probes as stap -l lists them (cli.md section 14):
 * sorted, each once, one a line; with the variables that all its places share
 * if locals. Returns how many. Also of programs that had errors. */
size_t sema_list(const struct sema_prog *p, bool locals, struct strbuf *out);

/* Append what the library offers, sorted, one a line (cli.md section 15):
 * "ALIAS = POINT, POINT" and "NAME:TYPE (ARG:TYPE, ...)". internal: names that
 * begin with _ too. */
void sema_dump_aliases(struct lang *l, struct tapset *tapset, bool internal,
		       struct strbuf *out);
void sema_dump_functions(struct lang *l, const struct probe_env *env,
			 struct tapset *tapset, bool internal,
			 struct strbuf *out);

#endif
