/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Probe points to places: patterns, aliases, providers.
 *
 * A provider is one file with one const struct provider at its end, listed in
 * providers.c. It names its probe-point patterns and turns a point that matches
 * one into resolved probes: an attach kind of proto/attach.def with its
 * parameters. Providers emit no text and no code.
 *
 * resolve.h holds what calls them.
 */
#ifndef SPILE_PROBE_PROBE_H
#define SPILE_PROBE_PROBE_H

#include "base/diag.h"
#include "base/hmap.h"
#include "base/intern.h"
#include "lang/ast.h"
#include "proto/attach.h"
#include "symbols/place.h"

/* What resolution may ask of the run's options and of this machine. */
struct probe_env {
	const char *command;   /* -c CMD, or NULL */
	int64_t pid;           /* -x PID, or 0 */
	const char *sysroot;   /* "" or a folder */
	const char *privilege; /* stapdev, stapsys, stapusr */
	bool guru;
	bool no_global_display; /* --no-global-var-display */
	bool optimize;         /* leave out what has no effect */
	bool listing;          /* -l, -L: name places one by one */
	const char *btf_path;    /* kernel types; NULL: /sys/kernel/btf/vmlinux */
	const char *tracefs_path; /* NULL: where it is usually mounted */
	const char *kallsyms_path; /* the kernel's functions; NULL:
				    * /proc/kallsyms */
};

struct resolved_probe {
	enum attach_kind attach;
	const char *point;     /* derived point as pp() and messages show it */
	const char *pn;        /* the script's name for it, if it is an alias;
				* else NULL */
	const char *s0, *s1;   /* attach parameters, proto/attach.def */
	int64_t n0, n1, n2;
	bool target_only;      /* process probes under -c or -x */
	struct loc loc;        /* of the user's point */
	const char *chain;     /* "<- begin" as -p2 prints it; may be NULL */
	struct scope_vars *vars; /* target variables there; NULL: none */
	/* Of .return probes: the place where what they save is to be had. */
	const struct resolved_probe *entry;
};

/* How a point was come to: a point of a probe or alias declaration, and the
 * point that named this alias. */
struct probe_path {
	const struct ast_probe *decl;
	const struct ast_point *point;   /* as written in decl */
	const struct probe_path *outer;  /* NULL: decl is the user's probe */
};

/* What to say when a provider found nothing and reported nothing. */
enum resolve_nothing {
	RESOLVE_NO_MATCH, /* the form is right, the place is missing */
	RESOLVE_MISMATCH, /* the provider has no such form */
};

struct opened_types;

/* State of one resolution, passed to providers. */
struct resolve {
	struct arena *arena;
	struct intern *names;
	struct diag *diag;
	const struct probe_env *env;
	bool optional;         /* ? or !: finding nothing is no error */
	VEC(struct resolved_probe *) found;
	const struct probe_path *path;
	bool failed;           /* a reason was given why nothing is found */
	enum resolve_nothing nothing;
	const char *hint;      /* " (similar …)" for that message, or NULL */
	struct opened_types *opened; /* kernel_types.c */
	struct hmap cache;     /* what providers have read, by their own keys
				* (in the arena) */
};

/* A pattern: components joined by dots, "timer.ms(N)" with N a number and S a
 * string argument. A component "%" stands for any name, also one with
 * wildcards; "..." at the end for any more components or none. tag is the
 * provider's own number for it. */
struct probe_pattern {
	const char *text;
	int tag;
};

struct provider {
	const char *name;
	const struct probe_pattern *patterns; /* ends with a NULL text */
	/* Append what the point resolves to; report with resolve_error() when
	 * it is wrong in itself. Finding nothing is not reported here. */
	void (*resolve)(struct resolve *r, const struct ast_point *pt,
			int tag);
	bool unprivileged;     /* open to --privilege=stapusr */
};

/* All providers in order of look-up; ends with NULL. */
extern const struct provider *const providers[];

/* Say why the point is wrong, behind "while resolving probe point" for each
 * level of aliases. Silent for optional points. */
#define resolve_error(r, loc, tag, ...)                                       \
	do {                                                                  \
		if (resolve_fails((r)))                                       \
			diag_note((r)->diag, (loc), tag, ##__VA_ARGS__);      \
	} while (0)
/* Behind the macro: reports the path; whether the reason is to follow. */
bool resolve_fails(struct resolve *r);

/* The C types of the kernel (module NULL) or of a kernel module, read when they
 * are first asked for; NULL if they cannot be. */
struct ctype_source *resolve_types(struct resolve *r, const char *module);
struct btf_types;
struct btf_types *resolve_btf(struct resolve *r, const char *module);

/* Append a probe whose point text is that of pt; the rest is for the caller to
 * fill in. */
struct resolved_probe *resolve_add(struct resolve *r,
				   const struct ast_point *pt,
				   enum attach_kind attach);

/* Append a point as script text: names and arguments, and the ! if it has
 * one; neither ? nor the condition. */
void point_add_text(const struct ast_point *pt, struct strbuf *out);
/* The number given to component i, or otherwise if there is none. */
int64_t point_number(const struct ast_point *pt, size_t i, int64_t otherwise);
/* The text given to component i, or NULL. */
const char *point_string(const struct ast_point *pt, size_t i);

#endif
