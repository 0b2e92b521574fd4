/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Regular expressions in the executor; see match.c. */
#ifndef SPILE_VM_MATCH_H
#define SPILE_VM_MATCH_H

#include "base/regex.h"

struct vm;
struct vm_slot;
struct vm_val;

/* Regular expressions, and what the last match found. */
struct vm_match {
	struct arena arena;
	const struct regex_dfa **dfas; /* by regex; NULL if there is none */
	struct regex_run run;
	bool groups;       /* matched() and the like are used: note groups */
	bool failed;       /* the last match did */
	uint32_t n_groups; /* of the last that succeeded; 0: none yet */
	int32_t *at;       /* as regex_find() gives them */
	char *text;        /* what matched, len bytes */
	uint32_t len;
};

/* Make the tables; room for groups if the program asks for them. */
void vm_match_init(struct vm *vm);
void vm_match_release(struct vm *vm);
/* Forget the last match: a handler begins. */
void vm_match_reset(struct vm *vm);
/* Set *result to 1 if the text holds a match, else 0, and note the groups if
 * the program uses them. Returns what that costs of the hard budget. */
int64_t vm_match(struct vm *vm, uint32_t regex, const struct vm_slot *text,
		 int64_t *result);
/* matched(), matched_str(), ngroups(): as vm_intrin(). */
bool vm_matched(struct vm *vm, int64_t group, struct vm_val *result);
bool vm_matched_str(struct vm *vm, struct vm_val *result);
bool vm_ngroups(struct vm *vm, struct vm_val *result);

#endif
