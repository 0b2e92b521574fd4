/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A line is "0xCRC <tab> symbol <tab> module <tab> export kind", and a
 * namespace behind it in newer kernels.
 */
#include "kmod/symvers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_LEN 512

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct symvers_want *)a)->name,
		      ((const struct symvers_want *)b)->name);
}

/* Take one line of len bytes apart; false if it is none of a symbol. */
static bool take_line(const char *line, size_t len, char *name, uint32_t *crc)
{
	const char *tab = memchr(line, '\t', len), *next;
	size_t rest, i;

	if (!tab || tab - line != 10 || memcmp(line, "0x", 2))
		return false;
	*crc = 0;
	for (i = 2; i < 10; i++) {
		static const char digits[] = "0123456789abcdef";
		const char *d = line[i] ? strchr(digits, line[i]) : NULL;

		if (!d)
			return false;
		*crc = *crc << 4 | (uint32_t)(d - digits);
	}
	rest = len - 11;
	next = memchr(tab + 1, '\t', rest);
	if (!next || next == tab + 1 || next - tab > NAME_MAX_LEN)
		return false;
	/* Module and kind of export follow. */
	rest -= (size_t)(next - tab);
	if (!memchr(next + 1, '\t', rest))
		return false;
	memcpy(name, tab + 1, (size_t)(next - tab - 1));
	name[next - tab - 1] = 0;
	return true;
}

int symvers_find(const char *text, size_t len, struct symvers_want *want,
		 size_t n, struct strbuf *err)
{
	const char *end = text + len;
	unsigned line = 0;

	if (!n)
		return 0;
	qsort(want, n, sizeof(*want), by_name);
	while (text < end) {
		const char *nl = memchr(text, '\n', (size_t)(end - text));
		char name[NAME_MAX_LEN];
		struct symvers_want key = { .name = name }, *w;

		line++;
		if (!nl || !take_line(text, (size_t)(nl - text), name,
				      &key.crc)) {
			strbuf_addf(err, "line %u of Module.symvers is broken; install the kernel's headers again",
				    line);
			return -EINVAL;
		}
		w = bsearch(&key, want, n, sizeof(*want), by_name);
		if (w) {
			w->crc = key.crc;
			w->found = true;
		}
		text = nl + 1;
	}
	return 0;
}
