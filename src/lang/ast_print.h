/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parts of the tree printer that its files, and printers of later passes,
 * share. The whole files' functions are in lang.h.
 */
#ifndef SPILE_LANG_AST_PRINT_H
#define SPILE_LANG_AST_PRINT_H

#include "lang/lang.h"

/* "long", "string", "stats", else "unknown". */
const char *ast_type_name(enum ast_type type);
/* "count" and so on; not for STAT_NONE. */
const char *ast_stat_name(enum ast_stat stat);
/* Append expressions with ", " between them. */
void ast_print_list(const ast_exprs *list, struct strbuf *out);
/* Append an AST_NUMBER or AST_STRING where the grammar has a literal: a
 * negative number gets a sign. */
void ast_print_literal(const struct ast_expr *e, struct strbuf *out);
/* Append embedded code with its brackets. */
void ast_print_embed(const char *code, size_t len, struct strbuf *out);
/* Append a statement without the ';' behind it. */
void ast_print_stmt(const struct ast_stmt *s, struct strbuf *out);

/* Whether the statement ends in '}', so that a ';' behind it would be an empty
 * statement of its own. */
bool ast_ends_in_block(const struct ast_stmt *s);
/* Whether an else behind the statement would become part of it. */
bool ast_ends_in_open_if(const struct ast_stmt *s);

#endif
