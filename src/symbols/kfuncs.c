/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symbols/kfuncs.h"

#include "base/io.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define LIST_MAX ((size_t)256 << 20)

/* Take the next word of a line; its length, 0 at the end. */
static size_t next_word(const char **at, const char *end, const char **word)
{
	while (*at < end && (**at == ' ' || **at == '\t'))
		(*at)++;
	*word = *at;
	while (*at < end && **at != ' ' && **at != '\t')
		(*at)++;
	return (size_t)(*at - *word);
}

/* Not made from a function that somebody wrote. */
static bool is_artificial(const char *name, size_t len)
{
	static const char *const heads[] = { "__pfx_", "__cfi_", "$" };
	size_t i;

	for (i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		if (!strncmp(name, heads[i], strlen(heads[i])))
			return true;
	return memmem(name, len, ".cold", 5) != NULL;
}

static void take_line(struct arena *a, const char *at, const char *end,
		      struct kfuncs *out)
{
	const char *word, *name, *module;
	size_t len, module_len;
	struct kfunc f;

	if (!next_word(&at, end, &word) || next_word(&at, end, &word) != 1 ||
	    !strchr("tTwW", word[0]))
		return;
	len = next_word(&at, end, &name);
	if (!len || len > 512 || is_artificial(name, len))
		return;
	module_len = next_word(&at, end, &module);
	f.name = arena_strndup(a, name, len);
	f.module = module_len > 2 && module[0] == '[' ?
			   arena_strndup(a, module + 1, module_len - 2) :
			   NULL;
	vec_push(a, &out->list, f);
}

static int by_name(const void *x, const void *y)
{
	const struct kfunc *a = x, *b = y;
	int c = strcmp(a->name, b->name);

	return c ? c : strcmp(a->module ? a->module : "",
			      b->module ? b->module : "");
}

int kfuncs_from_text(struct arena *a, const char *text, size_t len,
		     struct kfuncs *out)
{
	const char *end = text + len, *nl;
	size_t i, n = 0;

	*out = (struct kfuncs){ 0 };
	for (; text < end; text = nl + 1) {
		nl = memchr(text, '\n', (size_t)(end - text));
		if (!nl)
			nl = end;
		take_line(a, text, nl, out);
	}
	if (!out->list.len)
		return -ENODATA;
	qsort(out->list.at, out->list.len, sizeof(out->list.at[0]), by_name);
	for (i = 0; i < out->list.len; i++)
		if (!i || by_name(&out->list.at[i], &out->list.at[n - 1]))
			out->list.at[n++] = out->list.at[i];
	out->list.len = n;
	return 0;
}

int kfuncs_read(struct arena *a, const char *path, struct kfuncs *out)
{
	struct strbuf text = STRBUF_INIT;
	int rc = io_read_file(path ? path : "/proc/kallsyms", LIST_MAX, &text,
			      NULL);

	*out = (struct kfuncs){ 0 };
	if (!rc)
		rc = kfuncs_from_text(a, text.buf, text.len, out);
	strbuf_release(&text);
	return rc;
}
