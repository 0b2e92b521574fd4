/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the parser share. Recursive descent over one token of
 * look-ahead; one file a subject:
 *
 *   parser.c          files: recovery, tokens, literals
 *   parser_decl.c     globals, functions, probes and aliases
 *   parser_point.c    probe points and their braces
 *   parser_stmt.c     statements
 *   parser_foreach.c  the head of foreach
 *   parser_expr.c     operators: the precedence table of language.md section 6
 *   parser_primary.c  names, calls, target variables and their steps
 *   parser_atop.c     @-operators
 *   parser_print.c    print family
 *
 * A parse function whose construct is wrong reports one error and returns NULL
 * or false; its callers pass that up to the declaration, and lang_parse() goes
 * on at the next one.
 */
#ifndef SPILE_LANG_PARSER_H
#define SPILE_LANG_PARSER_H

#include "lang/pp.h"

/* Levels of statements and expressions that a tree may have: later passes
 * recurse over it. */
#define PARSER_DEPTH_MAX 1000
/* Levels that the parser itself may recurse. Parentheses make no level of the
 * tree but one of these; what the tree printer writes for the deepest tree
 * needs two for each of its levels. */
#define PARSER_RECURSION_MAX 3000

struct parser {
	struct lang *l;
	struct pp *pp;
	struct token tok; /* the next token, not yet consumed */
	size_t n_taken;   /* tokens consumed: the number of tok */
	enum tok last;    /* kind of the token consumed last */
	bool after_error; /* reading tok, an error was reported */
	struct ast_file *file;
	bool privileged;   /* -g, or a library file */
	bool pattern;      /* the text is a -l pattern, ended by EOF */
	bool in_function;  /* return is allowed */
	bool has_autocast; /* language switches, section 24 */
	bool loose_ternary;
	unsigned depth;        /* of the recursion */
	unsigned stmt_depth;   /* of the statement being parsed */
	size_t n_expanded;     /* points made by braces in this file */
	size_t hist_at;        /* number of the token where a bare @hist_… may
				 * stand as an only argument */
	size_t wildcard_at;    /* … where an array may have * as an index */
	struct hmap globals;   /* name → struct ast_global */
	struct hmap functions; /* name → struct ast_function, the first */
};

/* Consume the next token. */
void parser_advance(struct parser *p);
/* Consume it if it is of this kind; tells whether it was. */
bool parser_accept(struct parser *p, enum tok kind);
/* Consume a token of this kind, or report that it is missing. */
bool parser_expect(struct parser *p, enum tok kind);
/* After an element of a list: true at ',' (consumed) if there are more, false
 * at the closing token (consumed, *ok set) or at an error (*ok cleared). */
bool parser_more(struct parser *p, enum tok close, bool *ok);
/* Consume an identifier; NULL and an error if it is none. */
const char *parser_identifier(struct parser *p, struct loc *loc);

static inline bool parser_at(const struct parser *p, enum tok kind)
{
	return p->tok.kind == kind;
}

/* One level deeper; false and an error if there are too many. */
bool parser_enter(struct parser *p);
static inline void parser_leave(struct parser *p)
{
	p->depth--;
}

/* String literal, adjacent ones joined, escapes decoded. */
bool parser_string(struct parser *p, const char **str, size_t *len);
/* Number with an optional '-', of a magnitude up to 2^63. */
bool parser_number(struct parser *p, int64_t *num);
/* Either, as an AST_STRING or AST_NUMBER. */
struct ast_expr *parser_literal(struct parser *p);
/* "string", "long", or what the tree printer writes for neither. */
bool parser_type(struct parser *p, enum ast_type *type);
/* tok is embedded code: report it if the script may have none. */
bool parser_may_embed(struct parser *p);

/* A new node of the kind; its place is loc. */
struct ast_expr *expr_new(struct parser *p, enum ast_expr_kind kind,
			  struct loc loc);
/* Note that child (which is returned) goes below e: keeps e->depth right. */
struct ast_expr *expr_adopt(struct ast_expr *e, struct ast_expr *child);
/* Append child to e->list. */
void expr_push(struct parser *p, struct ast_expr *e, struct ast_expr *child);

/* Declarations: the first token is tok. They add to p->file. */
bool parse_globals(struct parser *p, bool is_private);
bool parse_function(struct parser *p, bool is_private);
bool parse_probe(struct parser *p);

/* One probe point as written; appends what its braces expand to. The token
 * behind it is checked. */
bool parse_point(struct parser *p, ast_points *out);

/* '{' statements '}'. */
struct ast_stmt *parse_block(struct parser *p);
struct ast_stmt *parse_statement(struct parser *p);
struct ast_stmt *parse_foreach(struct parser *p);
/* A new statement whose first token is tok. */
struct ast_stmt *stmt_new(struct parser *p, enum ast_stmt_kind kind);

/* A whole expression, assignments included. */
struct ast_expr *parse_expr(struct parser *p);
/* Elements up to ']' (consumed) into list; '*' is an AST_WILDCARD. The '[' is
 * consumed. */
bool parse_index_list(struct parser *p, struct ast_expr *owner, ast_exprs *list,
		      bool wildcards);
/* The right side of in: a name or a histogram. */
struct ast_expr *parse_indexable(struct parser *p);
/* Operand of ++ and --: a primary with its dereferences. */
struct ast_expr *parse_value(struct parser *p);
struct ast_expr *parse_primary(struct parser *p);
/* Steps -> [ ] $ $$ behind a target form; fills e. */
bool parse_steps(struct parser *p, struct ast_expr *e);
/* Whether it is one of the forms that take steps. */
bool expr_is_target(const struct ast_expr *e);

/* tok is an @ operator. */
struct ast_expr *parse_at_operator(struct parser *p);
/* @hist_log or @hist_linear without an index; NULL if tok is neither, with
 * *ok false if an error was reported. */
struct ast_expr *parse_hist(struct parser *p, bool *ok);
/* The aggregate that tok names, STAT_NONE if none; consumes nothing. */
enum ast_stat peek_stat(const struct parser *p);

/* A row of the print family, NULL if the name is none. */
struct print_word;
const struct print_word *print_word(const char *name);
/* The call; tok is the word. */
struct ast_expr *parse_print(struct parser *p, const struct print_word *w);

#endif
