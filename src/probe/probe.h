/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Probe points to places: patterns, aliases, providers.
 *
 * A provider is one file with one const struct provider at its end, listed in
 * providers.c. It names its probe-point patterns and turns a point that matches
 * one into resolved probes: an attach kind of proto/attach.def with its
 * parameters. Providers emit no text and no code.
 */
#ifndef SPILE_PROBE_PROBE_H
#define SPILE_PROBE_PROBE_H

#include "base/diag.h"
#include "base/intern.h"
#include "lang/ast.h"
#include "proto/attach.h"

/* What resolution may ask of the run's options and of this machine. */
struct probe_env {
	const char *command;   /* -c CMD, or NULL */
	int64_t pid;           /* -x PID, or 0 */
	const char *sysroot;   /* "" or a folder */
	const char *privilege; /* stapdev, stapsys, stapusr */
	bool guru;
};

struct resolved_probe {
	enum attach_kind attach;
	const char *point;     /* derived point as pp() and messages show it */
	const char *s0, *s1;   /* attach parameters, proto/attach.def */
	int64_t n0, n1, n2;
	bool target_only;      /* process probes under -c or -x */
	struct loc loc;        /* of the user's point */
	const char *chain;     /* "<- begin" as -p2 prints it; may be NULL */
};

/* State of one resolution, passed to providers. */
struct resolve {
	struct arena *arena;
	struct intern *names;
	struct diag *diag;
	const struct probe_env *env;
	bool optional;         /* ? or !: finding nothing is no error */
	VEC(struct resolved_probe *) found;
};

/* A pattern: components joined by dots, "timer.ms(N)" with N a number and S a
 * string argument. tag is the provider's own number for it. */
struct probe_pattern {
	const char *text;
	int tag;
};

struct provider {
	const char *name;
	const struct probe_pattern *patterns; /* ends with a NULL text */
	/* Append what the point resolves to; report with diag when it is wrong
	 * in itself. Finding nothing is not reported here. */
	void (*resolve)(struct resolve *r, const struct ast_point *pt,
			int tag);
};

/* All providers in order of look-up; ends with NULL. */
extern const struct provider *const providers[];

#endif
