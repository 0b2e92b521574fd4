/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Regular expressions in the executor.
 *
 * Whether a text holds a match is asked of a table (base/regex_dfa.c); where
 * one would be too large, and where groups are wanted of a text that matches,
 * the expression's program is run. Groups are noted only if the program uses
 * them anywhere. The last match is remembered for one run of a handler; the
 * functions it calls see and change the same.
 */
#include "vm/internal.h"

#include "base/bug.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Entries of one table, 4 bytes each. */
#define MAX_DFA_CELLS (1u << 18)
/* Steps of a program that cost one of the hard budget. */
#define STEPS_PER_FUEL 64

static bool asks_for_groups(const struct ir_fn *f)
{
	const struct ir_block *b;
	const struct ir_insn *in;

	vec_foreach(b, &f->blocks) {
		vec_foreach(in, &b->insns) {
			if (in->op == IR_OP_INTRIN &&
			    (in->imm == INTRIN_MATCHED ||
			     in->imm == INTRIN_MATCHED_STR ||
			     in->imm == INTRIN_NGROUPS))
				return true;
		}
	}
	return false;
}

void vm_match_init(struct vm *vm)
{
	struct vm_match *m = &vm->match;
	const struct ir_prog *p = vm->prog;
	uint32_t work = REGEX_DFA_WORK, most = 0, i;

	regex_run_init(&m->run);
	for (i = 0; i < p->fns.len && !m->groups; i++)
		m->groups = vm->fns[i].needed && asks_for_groups(p->fns.at[i]);
	m->dfas = xcalloc(p->regexes.len + 1, sizeof(*m->dfas));
	for (i = 0; i < p->regexes.len; i++) {
		const struct regex *re = p->regexes.at[i].re;

		m->dfas[i] = regex_dfa_new(&m->arena, re, MAX_DFA_CELLS, &work);
		if (m->groups || !m->dfas[i])
			regex_run_reserve(&m->run, re, m->groups);
		if (re->n_groups > most)
			most = re->n_groups;
	}
	m->at = xcalloc(2 * most + 1, sizeof(*m->at));
	m->text = xcalloc(1, p->limits.maxstringlen);
}

void vm_match_release(struct vm *vm)
{
	struct vm_match *m = &vm->match;

	regex_run_release(&m->run);
	free(m->dfas);
	free(m->at);
	free(m->text);
	arena_release(&m->arena);
}

void vm_match_reset(struct vm *vm)
{
	vm->match.failed = false;
	vm->match.n_groups = 0;
}

int64_t vm_match(struct vm *vm, uint32_t regex, const struct vm_slot *text,
		 int64_t *result)
{
	const struct regex *re = vm->prog->regexes.at[regex].re;
	const struct regex_dfa *dfa = vm->match.dfas[regex];
	struct vm_match *m = &vm->match;
	bool found = !dfa || regex_dfa_test(dfa, text->text);
	int64_t cost = 0;

	if (found && (m->groups || !dfa)) {
		found = regex_find(&m->run, re, text->text, text->len,
				   m->groups ? m->at : NULL);
		cost = (int64_t)re->n_code * (text->len + 1) / STEPS_PER_FUEL;
	}
	if (found && m->groups) {
		m->n_groups = re->n_groups;
		m->len = text->len;
		memcpy(m->text, text->text, text->len);
	}
	m->failed = !found;
	*result = found;
	return cost;
}

/* --- intrinsics --- */

static bool raise(struct vm *vm, const char *what)
{
	vm_error_set(vm, what, strlen(what));
	return false;
}

bool vm_matched(struct vm *vm, int64_t group, struct vm_val *result)
{
	const struct vm_match *m = &vm->match;
	char text[96];
	const int32_t *at;

	if (m->failed) {
		snprintf(text, sizeof(text), "Attempted to get subexpression "
			 "%" PRId64 " from failed match", group);
		return raise(vm, text);
	}
	if (group < 0 || group >= m->n_groups) {
		snprintf(text, sizeof(text), "Attempted to get nonexistent "
			 "subexpression %" PRId64, group);
		return raise(vm, text);
	}
	at = m->at + 2 * group;
	if (at[0] < 0)
		return true;
	result->str = m->text + at[0];
	result->len = (uint32_t)(at[1] - at[0]);
	return true;
}

bool vm_matched_str(struct vm *vm, struct vm_val *result)
{
	const struct vm_match *m = &vm->match;

	if (m->failed)
		return raise(vm, "Attempted to get matched string from failed "
				 "match");
	if (m->n_groups) {
		result->str = m->text;
		result->len = m->len;
	}
	return true;
}

bool vm_ngroups(struct vm *vm, struct vm_val *result)
{
	if (vm->match.failed)
		return raise(vm, "Attempted to get subexpression count from "
				 "failed match");
	result->num = vm->match.n_groups;
	return true;
}
