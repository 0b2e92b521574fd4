/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See flags.h. */
#include "base/flags.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char *const tables[][2] = {
#define FLAGS(name, text) { name, text },
#include "flags.def" /* made by make_flags.py */
#undef FLAGS
};

struct entry {
	uint64_t mask, value;
	const char *name;
	size_t len;
};

/* Read the entry at *at and step behind it; false at the end. */
static bool next_entry(const char **at, bool whole, struct entry *e)
{
	char *end;

	e->value = strtoull(*at, &end, 16);
	e->mask = whole ? UINT64_MAX : e->value;
	if (end != *at && *end == '/') {
		e->mask = e->value;
		e->value = strtoull(end + 1, &end, 16);
	}
	if (end == *at || *end != ':')
		return false;
	e->name = end + 1;
	e->len = strcspn(e->name, ",");
	*at = e->name + e->len;
	if (!**at)
		return false;
	++*at;
	return true;
}

const char *flags_table(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		if (!strcmp(tables[i][0], name))
			return tables[i][1];
	return NULL;
}

int64_t flags_value(const char *table, const char *name, size_t len)
{
	bool whole = *table == '=';
	struct entry e;

	table += whole || *table == '0';
	while (next_entry(&table, whole, &e))
		if (e.len == len && !memcmp(e.name, name, len))
			return (int64_t)e.value;
	return -1;
}

void flags_text(const char *table, uint64_t value, struct strbuf *out)
{
	bool whole = *table == '=', octal = *table == '0', any = false;
	struct entry e;

	table += whole || octal;
	while (next_entry(&table, whole, &e)) {
		if ((value & e.mask) != e.value)
			continue;
		if (any)
			strbuf_addch(out, '|');
		strbuf_add(out, e.name, e.len);
		any = true;
		if (whole)
			return;
		value &= ~e.mask;
	}
	if (any && value)
		strbuf_addch(out, '|');
	if (!any || value)
		strbuf_addf(out, octal ? "%#" PRIo64 : "0x%" PRIx64, value);
}
