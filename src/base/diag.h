/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Diagnostics about scripts: tagged messages with place, source line, caret,
 * and the chain of macro expansions that led there.
 *
 * Every message has a row in diag_tags.def: tag, kind, meaning, text. The text
 * is a printf format that the compiler checks at each call. A pass reports and
 * goes on; its caller asks diag.errors whether the pass failed.
 *
 *   parse error: MSG                        semantic error: MSG: TOKEN at PLACE
 *           saw: TOKEN at PLACE                     source: the line
 *        source: the line                                      ^
 *                 ^
 */
#ifndef SPILE_BASE_DIAG_H
#define SPILE_BASE_DIAG_H

#include "base/hmap.h"
#include "base/source.h"

#include <stdio.h>

enum diag_tag {
#define DIAG(tag, kind, meaning, text) DIAG_##tag,
#include "base/diag_tags.def"
#undef DIAG
};

#define DIAG(tag, kind, meaning, text)                                        \
	static const char diag_text_##tag[] __attribute__((unused)) = text;
#include "base/diag_tags.def"
#undef DIAG

/* Number of tags. */
extern const unsigned diag_tag_count;
/* "STR_UNCLOSED": the tag's name, for tests and -vv. */
const char *diag_tag_name(enum diag_tag tag);

/* Messages shown in one run without show_duplicates; the others only count as
 * suppressed. A file that is no script at all has one for every few bytes. */
#define DIAG_SHOWN_MAX 1000

/* How the place of a message is introduced. */
enum diag_form {
	DIAG_PLACE, /* semantic: on the first line; parse: "at:" */
	DIAG_SAW,   /* parse: "saw:", the unexpected token */
};

struct diag {
	struct sources *srcs;
	struct strbuf out;      /* everything reported, not yet flushed */
	bool no_warnings;       /* -w */
	bool warnings_are_errors; /* -W */
	bool show_duplicates;   /* -v: repeat equal messages */
	bool color;
	bool mute;              /* parse errors are dropped: echoes of one that
				 * has been reported */
	unsigned verbose;       /* -v count: 2 shows tags */
	unsigned errors, warnings, suppressed;
	unsigned shown;         /* messages in out or flushed from it */
	struct arena arena;     /* texts seen, for dropping duplicates */
	struct hmap seen;
};

/* Empty, writing about locations in srcs; diag_release() frees the rest. */
void diag_init(struct diag *d, struct sources *srcs);
void diag_release(struct diag *d);
/* Write what was reported to the stream and forget it. */
void diag_flush(struct diag *d, FILE *to);

/* Report an error; loc may be unset. Counts in d->errors. */
#define diag_error(d, loc, tag, ...)                                          \
	diag_report((d), DIAG_PLACE, (loc), DIAG_##tag,                       \
		    diag_text_##tag, ##__VA_ARGS__)
/* Report a parse error at an unexpected token ("saw:"). */
#define diag_error_saw(d, loc, tag, ...)                                      \
	diag_report((d), DIAG_SAW, (loc), DIAG_##tag,                         \
		    diag_text_##tag, ##__VA_ARGS__)
/* Report a warning (kind WARNING in the table); obeys -w and -W. */
#define diag_warn diag_error
/* Add a message about a second place to the one before ("… first inferred
 * here"); printed like it, not counted. */
#define diag_note(d, loc, tag, ...)                                           \
	diag_report_note((d), (loc), DIAG_##tag, diag_text_##tag,             \
			 ##__VA_ARGS__)

/* Behind the macros. */
void diag_report(struct diag *d, enum diag_form form, struct loc loc,
		 enum diag_tag tag, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
/* Behind the macros. */
void diag_report_note(struct diag *d, struct loc loc, enum diag_tag tag,
		      const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

#endif
