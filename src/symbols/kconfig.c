/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symbols/kconfig.h"

#include "base/strbuf.h"
#include "base/vec.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <zlib.h>

#define CONFIG_MAX_BYTES ((size_t)16 << 20)

struct kconfig_row {
	const char *name, *value;
};

struct kconfig {
	VEC(struct kconfig_row) rows; /* sorted by name */
};

static int compare_rows(const void *a, const void *b)
{
	return strcmp(((const struct kconfig_row *)a)->name,
		      ((const struct kconfig_row *)b)->name);
}

/* One line: "CONFIG_X=value"; anything else is a comment. */
static void add_line(struct arena *a, struct kconfig *k, const char *line,
		     size_t len)
{
	const char *eq = memchr(line, '=', len), *value;
	size_t n;

	if (len < 7 || memcmp(line, "CONFIG_", 7) || !eq)
		return;
	value = eq + 1;
	n = (size_t)(line + len - value);
	if (n >= 2 && value[0] == '"' && value[n - 1] == '"') {
		value++;
		n -= 2;
	}
	vec_push(a, &k->rows,
		 (struct kconfig_row){
			 arena_strndup(a, line, (size_t)(eq - line)),
			 arena_strndup(a, value, n) });
}

struct kconfig *kconfig_from_text(struct arena *a, const char *text,
				  size_t len)
{
	struct kconfig *k = arena_new(a, struct kconfig);
	const char *end = text + len, *line = text;

	while (line < end) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));

		if (!stop)
			stop = end;
		add_line(a, k, line, (size_t)(stop - line));
		line = stop + 1;
	}
	if (k->rows.len)
		qsort(k->rows.at, k->rows.len, sizeof(k->rows.at[0]),
		      compare_rows);
	return k;
}

/* zlib reads plain files as they are. */
static bool read_any(const char *path, struct strbuf *out)
{
	const unsigned chunk = 16 << 10;
	gzFile f = gzopen(path, "rbe");
	int n = -1;

	if (!f)
		return false;
	while (out->len < CONFIG_MAX_BYTES) {
		strbuf_reserve(out, chunk);
		n = gzread(f, out->buf + out->len, chunk);
		if (n <= 0)
			break;
		out->len += (size_t)n;
	}
	gzclose(f);
	return n >= 0 && out->len > 0;
}

struct kconfig *kconfig_read(struct arena *a, const char *release)
{
	struct strbuf text = STRBUF_INIT;
	struct kconfig *k;
	struct utsname u;

	if (!read_any(arena_printf(a, "/lib/modules/%s/build/.config",
				   release), &text)) {
		strbuf_reset(&text);
		if (!read_any(arena_printf(a, "/boot/config-%s", release),
			      &text)) {
			strbuf_reset(&text);
			if (uname(&u) || strcmp(u.release, release) ||
			    !read_any("/proc/config.gz", &text))
				strbuf_reset(&text);
		}
	}
	k = kconfig_from_text(a, text.buf, text.len);
	strbuf_release(&text);
	return k;
}

const char *kconfig_get(const struct kconfig *k, const char *name)
{
	struct kconfig_row key = { name, NULL }, *row;

	if (!k->rows.len)
		return "";
	row = bsearch(&key, k->rows.at, k->rows.len, sizeof(key),
		      compare_rows);
	return row ? row->value : "";
}
