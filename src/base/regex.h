/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Regular expressions of scripts (language.md section 19).
 *
 * regex_parse() makes a small program of an expression (a Thompson automaton);
 * regex_dfa_new() makes the table of a deterministic one, which answers in one
 * pass whether a text matches; regex_find() runs the program itself, side by
 * side for all ways, and finds the leftmost longest match with its groups.
 * Nothing here goes back in the text, and every cost has a bound, so hostile
 * expressions do no harm: regex_find() takes time in proportion to the program's
 * size times the text's length, the table is given up when it grows too large.
 *
 * Texts are bytes other than NUL; there is no locale.
 */
#ifndef SPILE_BASE_REGEX_H
#define SPILE_BASE_REGEX_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

#define REGEX_MAX_TEXT   16384    /* bytes of an expression */
#define REGEX_MAX_CODE   32768    /* instructions */
#define REGEX_MAX_GROUPS 256      /* the whole match counts as one */
#define REGEX_MAX_SLOTS  (1 << 20) /* instructions times group ends */
#define REGEX_MAX_REPEAT 12344    /* in { } */
/* Steps that making the tables of one program may take, all together. */
#define REGEX_DFA_WORK   (1u << 24)

enum regex_op {
	REGEX_SET,   /* a byte of sets[x], then the next instruction */
	REGEX_SPLIT, /* on at x, or, if that fails, at y */
	REGEX_JUMP,  /* on at x */
	REGEX_SAVE,  /* note the place as end x of a group; on */
	REGEX_BOL,   /* on if at the start of the text */
	REGEX_EOL,   /* on if at its end */
	REGEX_MATCH,
};

struct regex_insn {
	uint8_t op; /* enum regex_op */
	uint32_t x, y;
};

struct regex_set {
	uint64_t bits[4];
};

struct regex {
	struct regex_insn *code; /* ends in the only REGEX_MATCH */
	uint32_t n_code;
	struct regex_set *sets;
	uint32_t n_sets;
	uint32_t n_groups; /* with group 0, the whole match */
};

/* What is wrong with an expression, and at which byte of it. */
struct regex_error {
	size_t pos;
	const char *text; /* "expected ), found end of regex"; in the arena */
};

/* Read an expression. NULL and *err set if it is none or too large; the result
 * lives in the arena. */
struct regex *regex_parse(struct arena *arena, const char *text, size_t len,
			  struct regex_error *err);

/* A table that looks for the expression anywhere in a text. States are given as
 * the offset of their row in next: row 0 says no, the second says yes, and the
 * end of the text (the NUL, class 0) leads to one of these from all others. */
struct regex_dfa {
	uint32_t n_states, n_classes;
	uint32_t start;
	uint8_t class_of[256]; /* of a byte */
	uint32_t *next;        /* n_states rows of n_classes; in the arena */
};

/* Make the table, or return NULL if it has more than max_cells entries or *work
 * (what is left of the steps) does not suffice. *work goes down. */
struct regex_dfa *regex_dfa_new(struct arena *arena, const struct regex *re,
				size_t max_cells, uint32_t *work);

/* Whether a NUL-terminated text holds a match. */
static inline bool regex_dfa_test(const struct regex_dfa *d, const char *text)
{
	uint32_t at = d->start, stop = 2 * d->n_classes;

	while (at >= stop)
		at = d->next[at + d->class_of[(unsigned char)*text++]];
	return at;
}

/* Memory for regex_find(), good for any number of expressions. */
struct regex_run {
	uint32_t n_code;
	size_t n_slots;
	struct regex_list *lists; /* two, of ways side by side */
	struct regex_todo *todo;
	int32_t *slots;
};

/* Set up for nothing; make room for an expression (with its groups, or not);
 * free. Memory running out is fatal. */
void regex_run_init(struct regex_run *run);
void regex_run_reserve(struct regex_run *run, const struct regex *re,
		       bool groups);
void regex_run_release(struct regex_run *run);

/* Find the leftmost longest match in text; run has room for it. groups gets
 * 2 * n_groups offsets, start and end of each group, -1 for those that took no
 * part; NULL only asks whether there is a match. */
bool regex_find(struct regex_run *run, const struct regex *re,
		const char *text, size_t len, int32_t *groups);

static inline bool regex_set_has(const struct regex_set *s, unsigned char c)
{
	return s->bits[c / 64] >> (c % 64) & 1;
}

#endif
