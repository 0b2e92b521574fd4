/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the tests of src/probe and src/sema: scripts in, programs and messages
 * out. */
#ifndef SPILE_TESTS_UNIT_SEMA_FIXTURE_H
#define SPILE_TESTS_UNIT_SEMA_FIXTURE_H

#include "lang_fixture.h"
#include "sema/sema.h"

struct sema_fixture {
	struct fixture f;
	struct probe_env env;
	struct sema_prog *prog;
};

static inline void sx_init(struct sema_fixture *s)
{
	memset(s, 0, sizeof(*s));
	fx_init(&s->f, NULL, NULL);
	s->env = (struct probe_env){ .sysroot = "", .privilege = "stapdev" };
}

static inline void sx_release(struct sema_fixture *s)
{
	fx_release(&s->f);
}

/* Analyse; the script must parse. */
static inline void sx_run(struct sema_fixture *s, const char *script)
{
	struct ast_file *file;

	s->f.diag.errors = s->f.diag.warnings = 0;
	strbuf_reset(&s->f.diag.out);
	file = lang_parse(&s->f.l, fx_source(&s->f, script), LANG_USER);
	assert_int_equal(s->f.diag.errors, 0);
	s->prog = sema_analyze(&s->f.l, &s->env, NULL, &file, 1);
}

/* The lines of the messages that hold text, without sources and carets. */
static inline const char *sx_messages(struct sema_fixture *s,
				      const char *script)
{
	struct strbuf *all = &s->f.diag.out, *out = &s->f.out;
	const char *line, *end;

	sx_run(s, script);
	strbuf_reset(out);
	for (line = all->buf; *line; line = end + 1) {
		end = strchr(line, '\n');
		if (*line != ' ')
			strbuf_add(out, line, (size_t)(end + 1 - line));
	}
	return out->buf;
}

/* The program as -p2 prints it; the script must be right. */
static inline const char *sx_print(struct sema_fixture *s, const char *script,
				   bool verbose)
{
	sx_run(s, script);
	if (s->f.diag.errors)
		fail_msg("%s", s->f.diag.out.buf);
	strbuf_reset(&s->f.out);
	sema_print(&s->f.l, s->prog, verbose, &s->f.out);
	return s->f.out.buf;
}

/* The derived points, one a line. */
static inline const char *sx_points(struct sema_fixture *s,
				    const char *script)
{
	const struct sema_probe *p;

	sx_run(s, script);
	if (s->f.diag.errors)
		fail_msg("%s", s->f.diag.out.buf);
	strbuf_reset(&s->f.out);
	vec_foreach (p, &s->prog->probes)
		strbuf_addf(&s->f.out, "%s\n", p->at->point);
	return s->f.out.buf;
}

#endif
