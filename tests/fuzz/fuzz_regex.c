/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing regular expressions: the first line is the expression, the rest the
 * text. Whatever they are, nothing crashes or hangs, the table and the program
 * agree, and where the C library reads the expression in the same way, it finds
 * the same match.
 */
#include "base/regex.h"

#include "base/bug.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

#define MAX_COMPARED_CODE 600

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whether a byte before a repetition leaves it without an atom. */
static bool opens(char c)
{
	return strchr("(|^$*+?{},", c);
}

/* Expressions that the C library reads in another way: GNU operators, and
 * repetitions of nothing or of repetitions. */
static bool differs(const char *re)
{
	size_t i;

	for (i = 0; re[i]; i++) {
		if (re[i] == '\\')
			return true;
		if (re[i] == '[' && (re[i + 1] == '.' || re[i + 1] == '='))
			return true;
		if (strchr("*+?{", re[i]) && (!i || opens(re[i - 1])))
			return true;
		/* The library takes () and | with an empty side otherwise. */
		if (strchr("|)", re[i]) && (!i || strchr("(|", re[i - 1])))
			return true;
		if (re[i] == '|' && !re[i + 1])
			return true;
	}
	return false;
}

static void compare(const char *text, size_t len, const char *pattern,
		    const int32_t *groups, bool found)
{
	regmatch_t m[1];
	regex_t re;
	int ret;

	/* To the library, what follows a newline can be a beginning. */
	if (memchr(text, '\n', len) && strpbrk(pattern, "^$"))
		return;
	if (differs(pattern) || regcomp(&re, pattern, REG_EXTENDED))
		return;
	ret = regexec(&re, text, 1, m, 0);
	regfree(&re);
	if (ret && ret != REG_NOMATCH)
		return;
	if (found != !ret)
		BUG("'%s' on '%s': %d here, %d there", pattern, text, found,
		    !ret);
	if (found && (m[0].rm_so != groups[0] || m[0].rm_eo != groups[1]))
		BUG("'%s' on '%s': %d-%d here, %d-%d there", pattern, text,
		    groups[0], groups[1], m[0].rm_so, m[0].rm_eo);
}

static void check_groups(const struct regex *re, const int32_t *groups,
			 size_t len)
{
	uint32_t i;

	for (i = 0; i < re->n_groups; i++) {
		const int32_t *g = groups + 2 * i;

		if (i && g[0] < 0)
			continue;
		BUG_ON(g[0] < groups[0] || g[1] < g[0] || g[1] > groups[1]);
		BUG_ON((size_t)g[1] > len);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *newline = size ? memchr(data, '\n', size) : NULL;
	size_t n = newline ? (size_t)(newline - data) : size, len;
	uint32_t work = REGEX_DFA_WORK / 16;
	struct arena arena = ARENA_INIT;
	struct regex_error err = { 0 };
	int32_t groups[REGEX_MAX_GROUPS * 2];
	char *pattern, *text;
	struct regex_dfa *dfa;
	struct regex_run run;
	struct regex *re;
	bool found;

	pattern = arena_strndup(&arena, (const char *)data, n);
	text = newline ? arena_strndup(&arena, (const char *)newline + 1,
				       size - n - 1) : arena_strdup(&arena, "");
	len = strlen(text);
	re = regex_parse(&arena, pattern, n, &err);
	BUG_ON(!re && (!err.text || err.pos > n));
	if (re) {
		regex_run_init(&run);
		regex_run_reserve(&run, re, true);
		found = regex_find(&run, re, text, len, groups);
		BUG_ON(regex_find(&run, re, text, len, NULL) != found);
		dfa = regex_dfa_new(&arena, re, 1 << 18, &work);
		BUG_ON(dfa && regex_dfa_test(dfa, text) != found);
		if (found)
			check_groups(re, groups, len);
		if (re->n_code < MAX_COMPARED_CODE)
			compare(text, len, pattern, groups, found);
		regex_run_release(&run);
	}
	arena_release(&arena);
	return 0;
}
