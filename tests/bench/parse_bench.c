/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * parse_bench [FILE...]: how fast script text is read, in MB/s, by the lexer,
 * by the preprocessor on top of it, and by the parser on top of both.
 *
 * The text is that of the files, or a made-up script, repeated up to 10 MB.
 * Each figure is the best of five.
 */
#include "base/io.h"
#include "lang/lang.h"
#include "lang/lexer.h"
#include "lang/pp.h"

#include <stdio.h>
#include <time.h>

#define TEXT_BYTES ((size_t)10 << 20)

static const char sample[] =
	"# Count what a process opens, by name, and say so at the end.\n"
	"global opens, reads, started\n"
	"probe begin { started = gettimeofday_ns() }\n"
	"probe syscall.open.return, syscall.openat.return ? {\n"
	"\tif (pid() == target() && $return >= 0) {\n"
	"\t\topens[execname(), user_string($filename)]++\n"
	"\t\treads[tid()] <<< gettimeofday_ns() - started\n"
	"\t}\n"
	"}\n"
	"/* A helper with a few operators in it. */\n"
	"function mix:long (a:long, b:long) {\n"
	"\tif (a & 0xff00 || b << 3 != a >> 2)\n"
	"\t\treturn (a * 17 + b) % 1021\n"
	"\treturn a == b ? @defined($x) : ~a ^ b\n"
	"}\n"
	"probe timer.s(5), end {\n"
	"\tforeach ([name, file] in opens- limit 20)\n"
	"\t\tprintf(\"%-20s %s: %d\\n\", name, file, opens[name, file])\n"
	"\tforeach (t in reads)\n"
	"\t\tprintf(\"%d %d %d\\n\", t, @avg(reads[t]), @max(reads[t]))\n"
	"\tdelete opens\n"
	"}\n";

/* What one reading needs around it. */
struct bench {
	struct arena arena;
	struct intern names;
	struct sources srcs;
	struct diag diag;
	struct lang l;
	const struct source *src;
};

enum stage { STAGE_LEXER, STAGE_PP, STAGE_PARSER };

static void bench_init(struct bench *b, const struct lang_env *env,
		       const struct strbuf *text)
{
	*b = (struct bench){ 0 };
	intern_init(&b->names, &b->arena);
	sources_init(&b->srcs, &b->arena);
	diag_init(&b->diag, &b->srcs);
	lang_init(&b->l, &b->arena, &b->names, &b->srcs, &b->diag, env);
	b->src = source_add(&b->srcs, "bench", text->buf, text->len, false);
}

static void bench_release(struct bench *b)
{
	lang_release(&b->l);
	diag_release(&b->diag);
	intern_release(&b->names);
	arena_release(&b->arena);
}

/* Read the text once; returns the number of tokens, or of probes. */
static size_t read_once(struct bench *b, enum stage stage)
{
	struct lexer lx;
	struct token t;
	struct pp *p;
	size_t n = 0;

	if (stage == STAGE_LEXER) {
		lexer_init(&lx, &b->l, b->src, LANG_USER);
		for (lexer_next(&lx, &t); t.kind != TOK_EOF;
		     lexer_next(&lx, &t))
			n++;
	} else if (stage == STAGE_PARSER) {
		n = lang_parse(&b->l, b->src, LANG_USER)->probes.len;
	} else {
		p = pp_open(&b->l, b->src, LANG_USER);
		for (pp_next(p, &t); t.kind != TOK_EOF; pp_next(p, &t))
			n++;
	}
	return n;
}

static double seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void measure(const char *name, enum stage stage,
		    const struct lang_env *env, const struct strbuf *text)
{
	double best = 0, took;
	struct bench b;
	size_t n = 0;
	int i;

	for (i = 0; i < 5; i++) {
		bench_init(&b, env, text);
		took = seconds();
		n = read_once(&b, stage);
		took = seconds() - took;
		if (!i || took < best)
			best = took;
		bench_release(&b);
	}
	printf("%-14s %7.1f MB/s  (%zu %s)\n", name,
	       (double)text->len / best / 1e6, n,
	       stage == STAGE_PARSER ? "probes" : "tokens");
}

int main(int argc, char **argv)
{
	static const struct lang_env env = {
		.kernel_release = "6.1.0",
		.arch = "x86_64",
		.runtime = "bpf",
		.privilege = "stapdev",
		.compatible = "5.6",
	};
	struct strbuf one = STRBUF_INIT, text = STRBUF_INIT, err = STRBUF_INIT;
	int i;

	for (i = 1; i < argc; i++) {
		if (io_read_file(argv[i], TEXT_BYTES, &one, &err)) {
			fprintf(stderr, "ERROR: %s\n", err.buf);
			return 1;
		}
		strbuf_addch(&one, '\n');
	}
	if (!one.len)
		strbuf_addstr(&one, sample);
	while (text.len < TEXT_BYTES)
		strbuf_add(&text, one.buf, one.len);
	measure("lexer", STAGE_LEXER, &env, &text);
	measure("preprocessor", STAGE_PP, &env, &text);
	measure("parser", STAGE_PARSER, &env, &text);
	strbuf_release(&one);
	strbuf_release(&text);
	strbuf_release(&err);
	return 0;
}
