/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The patterns of all providers as text: --dump-probe-types (cli.md 15). */
#include "probe/providers.h"
#include "probe/resolve.h"

#include <stdlib.h>
#include <string.h>

/* "timer.ms(N)" as "timer.ms(number)"; any name as "*", any further components
 * as "**". */
static void add_pattern(const char *p, struct strbuf *out)
{
	size_t n = strlen(p);
	bool open = n > 3 && !strcmp(p + n - 3, "...");
	size_t i;

	for (i = 0; i < n - (open ? 3 : 0); i++) {
		if (!strncmp(p + i, "(N)", 3))
			strbuf_addstr(out, "(number)");
		else if (!strncmp(p + i, "(S)", 3))
			strbuf_addstr(out, "(string)");
		else
			strbuf_addch(out, p[i] == '%' ? '*' : p[i]);
		if (p[i] == '(')
			i += 2;
	}
	if (open)
		strbuf_addstr(out, ".**");
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Of the forms that are refused by name anyway, an ordinary user would be
 * allowed those of his own processes. */
void providers_dump(const char *privilege, struct strbuf *out)
{
	bool user = privilege && !strcmp(privilege, "stapusr");
	struct arena scratch = ARENA_INIT;
	VEC(const char *) lines = { 0 };
	const struct provider *const *p;
	const struct probe_pattern *pattern;
	size_t i;

	for (p = providers; *p; p++) {
		if (user && !(*p)->unprivileged)
			continue;
		for (pattern = (*p)->patterns; pattern->text; pattern++) {
			struct strbuf line = STRBUF_INIT;

			if (user && *p == &provider_unsupported &&
			    strncmp(pattern->text, "process", 7))
				continue;
			add_pattern(pattern->text, &line);
			vec_push(&scratch, &lines,
				 arena_strndup(&scratch, line.buf, line.len));
			strbuf_release(&line);
		}
	}
	if (lines.len)
		qsort(lines.at, lines.len, sizeof(lines.at[0]), by_text);
	for (i = 0; i < lines.len; i++)
		if (!i || strcmp(lines.at[i], lines.at[i - 1]))
			strbuf_addf(out, "%s\n", lines.at[i]);
	arena_release(&scratch);
}
