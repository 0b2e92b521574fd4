/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside the process provider: what its files share. */
#ifndef SPILE_PROBE_PROCESS_H
#define SPILE_PROBE_PROCESS_H

#include "probe/probe.h"
#include "symbols/elffile.h"
#include "symbols/dwfile.h"
#include "symbols/elfsym.h"

/* What a point asks for behind its process and library. */
enum process_form {
	PROCESS_FUNCTION,
	PROCESS_RETURN,
	PROCESS_INLINE,
	PROCESS_CALL,
	PROCESS_EXPORTED,
	PROCESS_LABEL,
	PROCESS_STATEMENT,
	PROCESS_NEAREST,
	PROCESS_ABSOLUTE,
	PROCESS_MARK,
	PROCESS_PLT,
	PROCESS_PLT_RETURN,
	PROCESS_BEGIN, /* from here on no place in a file */
	PROCESS_END,
	PROCESS_THREAD_BEGIN,
	PROCESS_THREAD_END,
	PROCESS_SYSCALL,
	PROCESS_SYSRET,
};

/* A file that probes are put in, and what was read of it. */
struct process_file {
	const char *path;
	const struct elfsyms *symbols;
	struct dwfile *information; /* NULL: none */
};

/* One point against one file. */
struct process_query {
	struct resolve *r;
	const struct ast_point *pt;
	enum process_form form;
	const char *program;  /* path; NULL: any (of -c or -x) */
	const char *library;  /* path, or NULL */
	const char *provider; /* of a mark, or NULL */
	const char *label;    /* in a function, or NULL */
	const char *path;     /* where the probes go: one of these */
};

/* Component by name, or NULL; its string or NULL. */
const struct ast_component *process_component(const struct process_query *q,
					      const char *name);
const char *process_string(const struct process_query *q, const char *name);

/* Append a probe. The point's text has the paths, and text as the argument of
 * the component of that name (NULL: as written). */
struct resolved_probe *process_add(const struct process_query *q,
				   enum attach_kind attach,
				   const char *component, const char *text);
/* The same at a place in the file. */
struct resolved_probe *process_add_at(const struct process_query *q,
				      const char *component, const char *text,
				      bool is_return, uint64_t offset,
				      const char *symbol);

/* What was read of the file, or NULL when reported. */
const struct process_file *process_read(const struct process_query *q);
/* Open the file for a look; false when reported. To be closed. */
bool process_open(const struct process_query *q, struct elffile *f);
/* The variables of a place where only texts can be asked for: $$key. */
struct scope_vars *process_names(struct arena *a, const char *key,
				 const char *text);
/* Remember that these names are near what was not found: " (similar
 * KIND: …)". */
struct similar;
void process_hint(struct resolve *r, const char *kind, struct similar *near);

/* One file for each kind of place; each appends what it finds. */
void process_functions(const struct process_query *q);
void process_marks(const struct process_query *q);
void process_stubs(const struct process_query *q);
void process_events(const struct process_query *q);

#endif
