/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of pass 2 share. They run in this order: names (what is
 * declared), handlers (probes resolved), bind (names to symbols, along calls),
 * display (what is shown at exit), types.
 */
#ifndef SPILE_SEMA_INTERNAL_H
#define SPILE_SEMA_INTERNAL_H

#include "lang/ast_print.h"
#include "probe/resolve.h"
#include "sema/sema.h"
#include "sema/tapset.h"

struct target_place;
struct entry_set; /* entry.c */

/* A declared global; several of one name if they are private. */
struct global_entry {
	struct symbol sym;     /* first: display.c goes back from it */
	struct global_entry *next;
	size_t use_order;      /* 0 until it is used, then 1, 2, … */
};

/* A script function, or an intrinsic, that a call can mean. */
struct function_entry {
	const struct ast_function *ast; /* NULL: intrinsic */
	int intrinsic;
	int64_t priority;      /* lower is tried first */
	unsigned n_params;
	struct function *fn;   /* once it is reached by a call */
	struct function_entry *next; /* same name, in order of declaration */
};

/* What a function does to arrays, by function id. */
struct function_effects {
	symbols element_writes;
	VEC(struct function *) calls;
};

/* A call inside a foreach, to be judged when all functions are bound. */
struct foreach_call {
	const struct ast_expr *call;
	struct symbol *array;
};

/* One body of a handler, and the file whose private names it sees. */
struct body {
	struct ast_stmt *stmt;
	const struct ast_file *file;
};

struct condition {
	struct ast_expr *expr;
	const struct ast_file *file;
};

/* A handler on its way to sema_prog.handlers. */
struct draft {
	struct handler *handler;
	const struct probe_path *path;
	uint32_t path_hash;
	VEC(struct body) bodies;
	VEC(struct condition) conditions;
	const struct ast_stmt *user_body; /* under an alias, a copy; or NULL */
	enum attach_kind attach; /* one of procfs probes, or that of any point */
	const struct resolved_probe *at; /* where target variables are from */
	struct entry_set *entries;       /* what @entry saves; or NULL */
};

struct sema {
	struct lang *l;
	struct arena *arena;
	struct diag *diag;
	const struct probe_env *env;
	struct tapset *tapset; /* or NULL */
	ast_files files;       /* the user's, then of the library as needed */
	struct sema_prog *prog;
	struct resolver *resolver;
	struct hmap globals;   /* name → struct global_entry */
	struct hmap functions; /* name → struct function_entry */
	size_t n_used_globals;
	size_t n_compared;     /* names compared for lists of similar ones */
	size_t bound_drafts, bound_functions;
	unsigned n_entries, n_entry_names;
	unsigned n_pretty;     /* functions made for texts of C values */
	VEC(struct draft) drafts;
	VEC(struct function_effects) effects;
	VEC(struct foreach_call) foreach_calls;
};

/* --- sema.c --- */

/* An analysis without files; its maps live until sema_end(). */
void sema_begin(struct sema *s, struct lang *l, const struct probe_env *env,
		struct tapset *tapset);
void sema_end(struct sema *s);
/* Take files in, and what their probe points ask of the library. */
void sema_add_files(struct sema *s, const ast_files *files);
/* Report that nothing is to be run, at the script's first probe. */
void sema_no_probes(struct sema *s);

/* --- names.c --- */

/* Enter the intrinsics: behind all that files declare. */
void names_declare_intrinsics(struct sema *s);
/* Enter what a file declares. */
void names_declare_file(struct sema *s, const struct ast_file *file);
/* The global that a name means in a file, or NULL; counts as used then. */
struct symbol *names_global(struct sema *s, const char *name,
			    const struct ast_file *file);
/* The local; if an alias of the library has made it, rather the script's global. */
struct symbol *names_own(struct sema *s, struct symbol *local,
			 const struct ast_file *file);
/* The function (first of its overloads) that a call means; reports and returns
 * NULL when there is none. New ones are appended to prog->functions. */
struct function *names_function(struct sema *s, const struct ast_expr *call,
				const struct ast_file *file);
/* Enter a global of our own making. */
void names_declare_global(struct sema *s, struct ast_global *g);
/* A function of our own making, which no name in a script means. */
struct function *names_make_function(struct sema *s,
				     const struct ast_function *f);
/* Put the used globals into prog->globals, in order of declaration. */
void names_finish(struct sema *s);
/* Warn about variables that are read and never written. */
void names_warn(struct sema *s);
/* Warn about functions and globals of the script that nothing uses. */
void names_warn_unused(struct sema *s);

/* --- handlers.c --- */

/* Resolve the probes of a file; makes handlers and drafts. All aliases that
 * they can mean must be known. */
void handlers_collect(struct sema *s, const struct ast_file *file);
/* Append a handler of our own making, attached to a point. */
struct handler *handlers_add(struct sema *s, struct ast_stmt *body,
		  const struct resolved_probe *at);

/* --- stat.c: all names below are bound --- */

/* s <<< x as an expression; an extraction; a histogram. Reports what does not
 * agree with the uses before. */
void stat_note_add(struct sema *s, const struct ast_expr *e);
void stat_note_extract(struct sema *s, const struct ast_expr *e);
void stat_note_hist(struct sema *s, const struct ast_expr *e);
/* The array is sorted by this (or STAT_NONE). */
void stat_note_sort(struct symbol *sym, enum ast_stat stat);

/* --- clone.c --- */

/* A deep copy in the arena; NULL gives NULL. */
struct ast_stmt *clone_stmt(struct arena *arena, const struct ast_stmt *st);
/* The same for an expression. */
struct ast_expr *clone_expr(struct arena *arena, const struct ast_expr *e);

/* --- fold.c --- */

/* Whether the expression asks @defined and is decided by it alone. */
bool fold_decides(const struct target_place *p, const struct ast_expr *e,
		  int64_t *value);
/* Whether a context access stands in a statement. */
bool fold_asks_context(const struct ast_stmt *st);
/* Turn an expression into a number in place. */
void fold_to_number(struct ast_expr *e, int64_t value);
/* Compute operators on numbers, in place; all types must be known. */
void fold_constants(struct diag *d, struct ast_expr *e);
/* The same in a statement and those within; NULL is fine. */
void fold_constants_in(struct diag *d, struct ast_stmt *st);

/* --- bind.c --- */

/* Bind all drafts and the functions they reach, but those that are bound; when
 * none is left, check what takes all of them. */
void bind_all(struct sema *s);
void bind_check(struct sema *s);
/* Bind an expression of ours that stands in a function, or in a handler (the
 * other is NULL). */
void bind_rest(struct sema *s, struct function *fn, const struct draft *d,
	       struct ast_expr *e);
/* Whether a statement holds a next of its own function. */
bool bind_has_next(const struct ast_stmt *st);

/* --- details.c --- */

/* Let type details flow and resolve what waits for them. */
void details_resolve(struct sema *s);

/* --- procfs.c: $value, and other target variables of procfs probes --- */

/* Whether $value means something in a probe of this kind. */
bool procfs_is_kind(enum attach_kind attach);
/* Turn an assignment to a target variable, or the use of one, into a call that
 * is still to be bound; false when reported. */
bool procfs_assign(struct sema *s, struct ast_expr *e, enum attach_kind attach);
bool procfs_read(struct sema *s, struct ast_expr *e, enum attach_kind attach);
/* Report ++, -- or delete of a target variable. */
void procfs_change(struct sema *s, const struct ast_expr *e,
		   enum attach_kind attach);

/* --- embed.c: embedded C --- */

/* Whether the code of an AST_EMBED says that it has no effect. */
bool embed_is_pure(const struct ast_expr *e);
/* Whether it can hand a call on to the next overload. */
bool embed_has_next(const struct ast_expr *e);
/* Make a body of a function's code: one statement, AST_EMBED_STMT. */
void embed_give_body(struct sema *s, struct ast_function *f);
/* Read what comments in the code say; the globals it uses become its list. */
void embed_bind(struct sema *s, struct ast_expr *e,
		const struct ast_file *file);
/* Report a call of a function that this session may not have. */
void embed_check_call(struct sema *s, const struct ast_expr *call,
		      const struct function *f, const struct ast_file *file);

/* --- conditions.c --- */

/* Check what 16.3 forbids in conditions; false when reported. */
bool conditions_check(struct sema *s, const struct condition *c);

/* --- display.c --- */

/* Make end probes that show the globals which are written and never read
 * (language.md 21). All types must be known. */
void display_add(struct sema *s);

/* --- elide.c --- */

/* Leave out what has no effect, with warnings (language.md 21). All types must
 * be known; what is displayed must have its probes. */
void elide_all(struct sema *s);

/* --- types.c --- */

/* Infer all types and report what does not agree. */
void types_infer(struct sema *s);
/* "long", "string", "stats", "unknown". */
static inline const char *type_name(enum ast_type type)
{
	return ast_type_name(type);
}

#endif
