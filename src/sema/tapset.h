/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The library: folders of script files (*.stp) and macro files (*.stpm), found
 * by the names they offer. A folder is looked at when a name is wanted that
 * nothing else has; of its files only those are parsed that offer the name.
 *
 * A folder with a file "index" (made at build time) is taken at its word; the
 * files of others are scanned.
 */
#ifndef SPILE_SEMA_TAPSET_H
#define SPILE_SEMA_TAPSET_H

#include "base/similar.h"
#include "lang/lang.h"

struct tapset;

enum tapset_folder {
	TAPSET_USER,  /* -I: also looked at for names that executors have */
	TAPSET_MAIN,  /* the library itself */
	TAPSET_OTHER, /* only for what the ones before do not have */
};

typedef VEC(struct ast_file *) ast_files;

/* Without folders; lives in l->arena, all else until tapset_release(). Becomes
 * the place where l finds library macros. l must outlive it. */
struct tapset *tapset_new(struct lang *l);
void tapset_release(struct tapset *t);

/* Add a folder behind those before, and before it its subfolders for the
 * runtime, kernel version and architecture of l->env (cli.md section 7). One
 * that is missing counts as empty. The path is borrowed. */
void tapset_add_folder(struct tapset *t, const char *path,
		       enum tapset_folder kind);

/* Parse the files that offer a name and append them, each once in a session. A
 * file with errors is reported and left out, without failing the pass.
 * user_only: just folders of -I. A NULL t has nothing. */
void tapset_need_function(struct tapset *t, const char *name, unsigned arity,
			  bool user_only, ast_files *out);
/* The same for a global variable. argc and argv come from l->env. */
void tapset_need_global(struct tapset *t, const char *name, ast_files *out);
/* The same for the aliases that a probe point can mean. */
void tapset_need_aliases(struct tapset *t, const struct ast_point *pt,
			 bool user_only, ast_files *out);

/* All script files, for what lists them. */
void tapset_need_all(struct tapset *t, ast_files *out);

/* Offer the names of all functions. */
void tapset_offer_functions(struct tapset *t, struct similar *near);

/* Whether there is a function of the name with another number of parameters than
 * wanted: *arity says how many. */
bool tapset_other_arity(struct tapset *t, const char *name, unsigned wanted,
			unsigned *arity);

/* Append the tree of each script file that is parsed from now on, as stap -p1
 * prints it; NULL: no more. */
void tapset_print_files(struct tapset *t, struct strbuf *out);

/* Number of script files in all folders. */
size_t tapset_count_scripts(struct tapset *t);

#endif
