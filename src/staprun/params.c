/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "staprun/params.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

/* One word, taken apart. */
struct param {
	const char *name, *value;
	size_t name_len, value_len;
	const char *type;
};

static bool is_text(const struct param *p)
{
	return !strcmp(p->type, "string") || !strcmp(p->type, "charp");
}

/* Whether the kernel reads a number from it: a minus, then at least one digit
 * of the base that its start names. What follows is ignored. */
static bool is_number(const char *value)
{
	if (*value == '-')
		value++;
	if (value[0] == '0' && (value[1] == 'x' || value[1] == 'X'))
		return isxdigit((unsigned char)value[2]) != 0;
	return isdigit((unsigned char)*value) != 0;
}

/* Take a word apart. */
static int split(const struct kofile *k, const char *word, struct param *p,
		 struct strbuf *err)
{
	const char *equal = strchr(word, '='), *quote;

	if (!equal || equal == word) {
		strbuf_addf(err, "'%s' is not of the form NAME=VALUE", word);
		return -EINVAL;
	}
	p->name = word;
	p->name_len = (size_t)(equal - word);
	p->type = kofile_param_type(k, p->name, p->name_len);
	if (!p->type) {
		strbuf_addf(err,
			    "'%s': the module has no global '%.*s' that can be "
			    "set",
			    word, (int)p->name_len, p->name);
		return -EINVAL;
	}
	p->value = equal + 1;
	p->value_len = strlen(p->value);
	if (*p->value == '"') {
		p->value++;
		quote = strchr(p->value, '"');
		p->value_len = quote ? (size_t)(quote - p->value) :
				       p->value_len - 1;
	}
	if (!strcmp(p->type, "int64_t") && !is_number(p->value)) {
		strbuf_addf(err, "'%s': '%.*s' takes a number", word,
			    (int)p->name_len, p->name);
		return -EINVAL;
	}
	return 0;
}

/* Whether a value stays one word without quotes. */
static bool is_plain(const struct param *p)
{
	size_t i;

	for (i = 0; i < p->value_len; i++)
		if (isspace((unsigned char)p->value[i]) || p->value[i] == '"')
			return false;
	return true;
}

static void add_hex(struct strbuf *text, const struct param *p)
{
	size_t i;

	for (i = 0; i < p->value_len; i++)
		strbuf_addf(text, "%02x", (unsigned char)p->value[i]);
}

/* Append one parameter. */
static int add(struct strbuf *text, const struct param *p, bool hex,
	       struct strbuf *err)
{
	strbuf_addf(text, " %.*s=", (int)p->name_len, p->name);
	if (hex && is_text(p)) {
		add_hex(text, p);
		return 0;
	}
	if (is_plain(p)) {
		strbuf_add(text, p->value, p->value_len);
		return 0;
	}
	if (memchr(p->value, '"', p->value_len)) {
		strbuf_addf(err,
			    "the value of '%.*s' has blanks or double quotes "
			    "in it, which this module's parameters cannot take",
			    (int)p->name_len, p->name);
		return -EINVAL;
	}
	strbuf_addf(text, "\"%.*s\"", (int)p->value_len, p->value);
	return 0;
}

int params_build(const struct kofile *k, unsigned buffer_mb, char *const *words,
		 int n_words, struct strbuf *text, struct strbuf *err)
{
	bool hex = false;
	struct param p;
	int i, rc = 0;

	for (i = 0; !rc && i < n_words; i++) {
		rc = split(k, words[i], &p, err);
		if (!rc && k->own && is_text(&p) && !is_plain(&p))
			hex = true;
	}
	strbuf_addf(text, "_stp_bufsize=%u", buffer_mb);
	if (hex)
		strbuf_addstr(text, " _sp_hex=1");
	for (i = 0; !rc && i < n_words; i++) {
		rc = split(k, words[i], &p, err);
		if (!rc)
			rc = add(text, &p, hex, err);
	}
	return rc;
}
