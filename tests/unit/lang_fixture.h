/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For the tests of src/lang: everything a script needs around it, and token
 * streams as text.
 */
#ifndef SPILE_TESTS_UNIT_LANG_FIXTURE_H
#define SPILE_TESTS_UNIT_LANG_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lang/lang.h"
#include "lang/lexer.h"
#include "lang/pp.h"

struct fixture {
	struct arena arena;
	struct intern names;
	struct sources srcs;
	struct diag diag;
	struct lang_env env;
	struct lang l;
	struct strbuf out; /* of the last fx_lex() or fx_pp() */
};

/* Values of kernel options in the tests. */
static inline const char *fx_config(void *ctx, const char *name)
{
	static const char *const table[][2] = {
		{ "CONFIG_SMP", "y" },	     { "CONFIG_HZ", "250" },
		{ "CONFIG_NR_CPUS", "8192" }, { "CONFIG_CC", "gcc" },
		{ "CONFIG_BASE", "0xff" },
	};
	size_t i;

	(void)ctx;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (!strcmp(table[i][0], name))
			return table[i][1];
	return NULL;
}

/* Begin; args is a NULL-terminated list or NULL. compatible may be NULL. */
static inline void fx_init(struct fixture *f, char **args,
			   const char *compatible)
{
	memset(f, 0, sizeof(*f));
	intern_init(&f->names, &f->arena);
	sources_init(&f->srcs, &f->arena);
	diag_init(&f->diag, &f->srcs);
	strbuf_init(&f->out);
	f->env = (struct lang_env){
		.kernel_release = "6.1.0-30-amd64",
		.arch = "x86_64",
		.runtime = "bpf",
		.privilege = "stapdev",
		.compatible = compatible ? compatible : "5.6",
		.args = args,
		.config = fx_config,
	};
	while (args && args[f->env.n_args])
		f->env.n_args++;
	lang_init(&f->l, &f->arena, &f->names, &f->srcs, &f->diag, &f->env);
}

static inline void fx_release(struct fixture *f)
{
	strbuf_release(&f->out);
	lang_release(&f->l);
	diag_release(&f->diag);
	intern_release(&f->names);
	arena_release(&f->arena);
}

static inline struct source *fx_source(struct fixture *f, const char *text)
{
	return source_add(&f->srcs, "t.stp", text, strlen(text), true);
}

/* One token: i:name k:keyword @name "string" 12 %{code%} operator ?junk, with
 * a + before it when glued and ! behind it when at fault. */
static inline void fx_add_token(struct fixture *f, const struct token *t)
{
	struct strbuf *b = &f->out;

	if (b->len)
		strbuf_addch(b, ' ');
	if (t->glued)
		strbuf_addch(b, '+');
	switch (t->kind) {
	case TOK_IDENT:
		strbuf_addf(b, "i:%s", t->str);
		break;
	case TOK_AT:
		strbuf_addf(b, "@%s", t->str);
		break;
	case TOK_STRING:
		strbuf_addf(b, "\"%.*s\"", (int)t->len, t->str);
		break;
	case TOK_NUMBER:
		strbuf_addf(b, "%lu", t->num);
		break;
	case TOK_EMBED:
		strbuf_addf(b, "%%{%.*s%%}", (int)t->len, t->str);
		break;
	case TOK_JUNK:
		strbuf_addstr(b, "?junk");
		break;
	default:
		if (tok_is_keyword(t->kind))
			strbuf_addstr(b, "k:");
		strbuf_addstr(b, tok_text(t->kind));
		break;
	}
	if (t->fault)
		strbuf_addch(b, '!');
}

/* The tokens as the lexer gives them. */
static inline const char *fx_lex(struct fixture *f, const char *text)
{
	struct lexer lx;
	struct token t;

	strbuf_reset(&f->out);
	lexer_init(&lx, &f->l, fx_source(f, text), LANG_USER);
	for (lexer_next(&lx, &t); t.kind != TOK_EOF; lexer_next(&lx, &t))
		fx_add_token(f, &t);
	return f->out.buf;
}

/* The tokens as the parser sees them. */
static inline const char *fx_pp(struct fixture *f, const char *text)
{
	struct pp *p = pp_open(&f->l, fx_source(f, text), LANG_USER);
	struct token t;

	strbuf_reset(&f->out);
	for (pp_next(p, &t); t.kind != TOK_EOF; pp_next(p, &t)) {
		t.glued = false;
		t.fault = FAULT_NONE;
		fx_add_token(f, &t);
	}
	pp_next(p, &t);
	assert_int_equal(t.kind, TOK_EOF);
	return f->out.buf;
}

/* Read a library of macros. */
static inline void fx_macros(struct fixture *f, const char *name,
			     const char *text)
{
	lang_parse_macros(&f->l, source_add(&f->srcs, name, text, strlen(text),
					    true));
}

#endif
