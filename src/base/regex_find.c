/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Running the program of a regular expression over a text: all ways at once, a
 * byte at a time, each with the group ends it noted.
 *
 * The ways of a list stand in order of preference: an earlier start first, then
 * what the splits prefer. Of two ways that come to the same instruction at the
 * same place only the preferred one goes on, so a list never has more entries
 * than the program has instructions. The preferred way that ends furthest is the
 * leftmost longest match.
 */
#include "base/regex.h"

#include "base/bug.h"

#include <stdlib.h>
#include <string.h>

struct regex_list {
	uint32_t n;
	uint32_t stamp;    /* of the place the list is for */
	uint32_t *code;    /* n instructions */
	uint32_t *seen;    /* by instruction: stamp if it has been here */
	int32_t *slots;    /* n times n_slots */
};

/* What is left to follow, or a slot to set back. */
struct regex_todo {
	uint32_t pc;
	int32_t slot; /* or -1 */
	int32_t old;
};

struct find {
	struct regex_run *run;
	const struct regex *re;
	const char *text;
	int32_t len;
	uint32_t n_slots;
};

void regex_run_init(struct regex_run *run)
{
	*run = (struct regex_run){ 0 };
}

void regex_run_reserve(struct regex_run *run, const struct regex *re,
		       bool groups)
{
	size_t slots = groups ? (size_t)re->n_code * 2 * re->n_groups : 0;
	size_t i;

	if (run->lists && re->n_code <= run->n_code && slots <= run->n_slots)
		return;
	if (re->n_code > run->n_code)
		run->n_code = re->n_code;
	if (slots > run->n_slots)
		run->n_slots = slots;
	if (!run->lists)
		run->lists = xcalloc(2, sizeof(*run->lists));
	for (i = 0; i < 2; i++) {
		struct regex_list *l = &run->lists[i];

		l->stamp = 0;
		free(l->code);
		free(l->seen);
		free(l->slots);
		l->code = xcalloc(run->n_code, sizeof(*l->code));
		l->seen = xcalloc(run->n_code, sizeof(*l->seen));
		l->slots = xcalloc(run->n_slots + 1, sizeof(*l->slots));
	}
	free(run->todo);
	free(run->slots);
	run->todo = xcalloc((size_t)run->n_code * 3 + 1, sizeof(*run->todo));
	run->slots = xcalloc(REGEX_MAX_GROUPS * 2, sizeof(*run->slots));
}

void regex_run_release(struct regex_run *run)
{
	size_t i;

	for (i = 0; run->lists && i < 2; i++) {
		free(run->lists[i].code);
		free(run->lists[i].seen);
		free(run->lists[i].slots);
	}
	free(run->lists);
	free(run->todo);
	free(run->slots);
	regex_run_init(run);
}

static void list_begin(const struct regex_run *run, struct regex_list *l)
{
	l->n = 0;
	if (++l->stamp)
		return;
	memset(l->seen, 0, run->n_code * sizeof(*l->seen));
	l->stamp = 1;
}

static void list_add(const struct find *f, struct regex_list *l, uint32_t pc)
{
	if (f->n_slots)
		memcpy(l->slots + (size_t)l->n * f->n_slots, f->run->slots,
		       f->n_slots * sizeof(*l->slots));
	l->code[l->n++] = pc;
}

/* Note a group's end; it is set back when all behind it has been followed. */
static void save(const struct find *f, uint32_t slot, int32_t pos,
		 uint32_t *depth)
{
	int32_t *slots = f->run->slots;

	if (slot >= f->n_slots)
		return;
	f->run->todo[(*depth)++] = (struct regex_todo){
		.slot = (int32_t)slot,
		.old = slots[slot],
	};
	slots[slot] = pos;
}

static void push(const struct find *f, uint32_t pc, uint32_t *depth)
{
	f->run->todo[(*depth)++] = (struct regex_todo){ .pc = pc, .slot = -1 };
}

/* Add what can be reached from pc without a byte; run->slots is the way's. */
static void follow(const struct find *f, struct regex_list *l, uint32_t pc,
		   int32_t pos)
{
	uint32_t depth = 0;

	push(f, pc, &depth);
	while (depth) {
		struct regex_todo todo = f->run->todo[--depth];
		const struct regex_insn *in = &f->re->code[todo.pc];

		if (todo.slot >= 0) {
			f->run->slots[todo.slot] = todo.old;
			continue;
		}
		if (l->seen[todo.pc] == l->stamp)
			continue;
		l->seen[todo.pc] = l->stamp;
		switch ((enum regex_op)in->op) {
		case REGEX_SET:
		case REGEX_MATCH:
			list_add(f, l, todo.pc);
			break;
		case REGEX_SPLIT:
			push(f, in->y, &depth);
			push(f, in->x, &depth);
			break;
		case REGEX_JUMP:
			push(f, in->x, &depth);
			break;
		case REGEX_SAVE:
			save(f, in->x, pos, &depth);
			push(f, todo.pc + 1, &depth);
			break;
		case REGEX_BOL:
			if (!pos)
				push(f, todo.pc + 1, &depth);
			break;
		case REGEX_EOL:
			if (pos == f->len)
				push(f, todo.pc + 1, &depth);
			break;
		}
	}
}

/* Look at all ways that stand at pos; next gets those that go on. True if a
 * better match than that in groups ends here. */
static bool step(const struct find *f, const struct regex_list *cur,
		 struct regex_list *next, int32_t pos, int32_t *groups)
{
	bool found = false;
	uint32_t i;

	for (i = 0; i < cur->n; i++) {
		const struct regex_insn *in = &f->re->code[cur->code[i]];
		const int32_t *slots = cur->slots + (size_t)i * f->n_slots;

		if (f->n_slots && groups[0] >= 0 && slots[0] > groups[0])
			break;
		if (in->op == REGEX_MATCH) {
			found = true;
			if (!f->n_slots)
				return true;
			memcpy(groups, slots, f->n_slots * sizeof(*slots));
			groups[1] = pos;
			continue;
		}
		if (pos == f->len ||
		    !regex_set_has(&f->re->sets[in->x],
				   (unsigned char)f->text[pos]))
			continue;
		if (f->n_slots)
			memcpy(f->run->slots, slots,
			       f->n_slots * sizeof(*slots));
		follow(f, next, cur->code[i] + 1, pos + 1);
	}
	return found;
}

bool regex_find(struct regex_run *run, const struct regex *re,
		const char *text, size_t len, int32_t *groups)
{
	struct find f = { .run = run, .re = re, .text = text,
			  .len = (int32_t)len };
	struct regex_list *cur, *next;
	bool found = false;
	int32_t pos;

	BUG_ON(len >= INT32_MAX || !run->lists || re->n_code > run->n_code);
	cur = &run->lists[0];
	next = &run->lists[1];
	if (groups) {
		f.n_slots = 2 * re->n_groups;
		groups[0] = -1;
	}
	list_begin(run, cur);
	for (pos = 0; pos <= f.len; pos++) {
		struct regex_list *was = cur;

		if (!found) {
			memset(run->slots, 0xff,
			       f.n_slots * sizeof(*run->slots));
			run->slots[0] = pos;
			follow(&f, cur, 0, pos);
		} else if (!cur->n) {
			break;
		}
		list_begin(run, next);
		if (step(&f, cur, next, pos, groups))
			found = true;
		if (found && !groups)
			break;
		cur = next;
		next = was;
	}
	return found;
}
