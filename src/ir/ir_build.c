/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Making IR programs: the operation table and the functions that append.
 *
 * Everything lives in the program's arena. String constants, locations, formats
 * and regular expressions are unique; each table has an open-addressed index of ids, so that
 * looking one up costs one hash whatever the table's size.
 */
#include "ir/ir.h"

#include "base/bug.h"
#include "base/hmap.h"

#include <string.h>

enum { PURE = IR_PURE, FAULT = IR_FAULT, TERM = IR_TERM };

static const struct ir_op_info op_table[] = {
#define OP(name, text, dst, args, imm, flags) { text, dst, args, imm, flags },
#include "ir/ops.def"
#undef OP
};

const unsigned ir_op_count = ARRAY_SIZE(op_table);

const struct ir_op_info *ir_op_info(enum ir_op op)
{
	BUG_ON((unsigned)op >= ir_op_count);
	return &op_table[op];
}

struct ir_prog *ir_prog_new(struct arena *arena)
{
	struct ir_prog *p = arena_new(arena, struct ir_prog);

	p->arena = arena;
	p->name = "";
	limits_init(&p->limits);
	return p;
}

struct ir_fn *ir_fn_new(struct ir_prog *p, const char *name,
			enum ir_fn_kind kind, enum ir_type ret)
{
	struct ir_fn *f = arena_new(p->arena, struct ir_fn);

	f->name = name;
	f->kind = kind;
	f->ret = ret;
	f->ret_bound = ret == IR_STR ? p->limits.maxstringlen : 0;
	vec_push(p->arena, &p->fns, f);
	return f;
}

ir_reg ir_reg_new(struct ir_prog *p, struct ir_fn *f, enum ir_type type,
		  const char *name)
{
	struct ir_var v = { .type = type, .name = name };

	if (type == IR_STR)
		v.bound = p->limits.maxstringlen;
	vec_push(p->arena, &f->regs, v);
	return (ir_reg)f->regs.len - 1;
}

ir_block_id ir_block_new(struct ir_prog *p, struct ir_fn *f)
{
	vec_push(p->arena, &f->blocks, (struct ir_block){ 0 });
	return (ir_block_id)f->blocks.len - 1;
}

struct ir_insn *ir_emit(struct ir_prog *p, struct ir_fn *f, ir_block_id b,
			enum ir_op op, ir_reg dst, const ir_reg *args,
			unsigned n_args)
{
	struct ir_block *block = &f->blocks.at[b];
	struct ir_insn in = {
		.op = (uint8_t)op,
		.n_args = (uint16_t)n_args,
		.dst = dst,
		.t = IR_NONE,
		.e = IR_NONE,
		.loc = IR_NONE,
	};

	BUG_ON(b >= f->blocks.len || n_args > IR_MAX_ARGS);
	if (n_args) {
		in.args = arena_alloc(p->arena, n_args * sizeof(*args));
		memcpy(in.args, args, n_args * sizeof(*args));
	}
	vec_push(p->arena, &block->insns, in);
	return &vec_last(&block->insns);
}

/* A table seen through its index: how to read the text of an entry. */
typedef const char *(*entry_text)(const struct ir_prog *p, uint32_t id,
				  size_t *len);

static const char *string_text(const struct ir_prog *p, uint32_t id,
			       size_t *len)
{
	*len = strlen(p->strings.at[id]);
	return p->strings.at[id];
}

static const char *loc_text_of(const struct ir_prog *p, uint32_t id,
			       size_t *len)
{
	*len = strlen(p->locs.at[id]);
	return p->locs.at[id];
}

static const char *format_text(const struct ir_prog *p, uint32_t id,
			       size_t *len)
{
	*len = p->formats.at[id].len;
	return p->formats.at[id].text;
}

static const char *regex_text(const struct ir_prog *p, uint32_t id,
			      size_t *len)
{
	*len = strlen(p->regexes.at[id].text);
	return p->regexes.at[id].text;
}

static void index_grow(struct ir_prog *p, struct ir_index *ix, size_t n_used,
		       entry_text text_of)
{
	size_t n = ix->n_slots ? ix->n_slots * 2 : 32, len, at;
	uint32_t id;

	ix->slots = arena_array(p->arena, uint32_t, n);
	ix->n_slots = n;
	for (id = 0; id < n_used; id++) {
		const char *text = text_of(p, id, &len);

		at = hash_bytes(text, len) & (n - 1);
		while (ix->slots[at])
			at = (at + 1) & (n - 1);
		ix->slots[at] = id + 1;
	}
}

/* The slot that holds the text, or the free one where it belongs. */
static uint32_t *index_slot(struct ir_prog *p, struct ir_index *ix,
			    size_t n_used, entry_text text_of,
			    const char *text, size_t len)
{
	size_t at, entry_len;

	if ((n_used + 1) * 4 > ix->n_slots * 3)
		index_grow(p, ix, n_used, text_of);
	at = hash_bytes(text, len) & (ix->n_slots - 1);
	for (; ix->slots[at]; at = (at + 1) & (ix->n_slots - 1)) {
		const char *t = text_of(p, ix->slots[at] - 1, &entry_len);

		if (entry_len == len && !memcmp(t, text, len))
			break;
	}
	return &ix->slots[at];
}

uint32_t ir_string(struct ir_prog *p, const char *text)
{
	size_t len = strlen(text);
	uint32_t *slot = index_slot(p, &p->string_index, p->strings.len,
				    string_text, text, len);

	if (!*slot) {
		const char *copy = arena_strndup(p->arena, text, len);

		vec_push(p->arena, &p->strings, copy);
		*slot = (uint32_t)p->strings.len;
	}
	return *slot - 1;
}

uint32_t ir_loc(struct ir_prog *p, const char *text)
{
	size_t len = strlen(text);
	uint32_t *slot = index_slot(p, &p->loc_index, p->locs.len, loc_text_of,
				    text, len);

	if (!*slot) {
		const char *copy = arena_strndup(p->arena, text, len);

		vec_push(p->arena, &p->locs, copy);
		*slot = (uint32_t)p->locs.len;
	}
	return *slot - 1;
}

uint32_t ir_format(struct ir_prog *p, const char *text, size_t len)
{
	uint32_t *slot = index_slot(p, &p->format_index, p->formats.len,
				    format_text, text, len);
	struct ir_format f = { .len = len };
	size_t err_off;

	if (!*slot) {
		f.text = arena_strndup(p->arena, text, len);
		if (fmt_parse(p->arena, f.text, len, &f.fmt, &err_off) !=
		    FMT_OK)
			return IR_NONE;
		vec_push(p->arena, &p->formats, f);
		*slot = (uint32_t)p->formats.len;
	}
	return *slot - 1;
}

uint32_t ir_regex(struct ir_prog *p, const char *text, size_t len)
{
	uint32_t *slot = index_slot(p, &p->regex_index, p->regexes.len,
				    regex_text, text, len);
	struct regex_error err;
	struct ir_regex r;

	if (*slot)
		return *slot - 1;
	r.text = arena_strndup(p->arena, text, len);
	r.re = regex_parse(p->arena, r.text, len, &err);
	if (!r.re || r.re->n_code > IR_MAX_REGEX_CODE - p->regex_code)
		return IR_NONE;
	p->regex_code += r.re->n_code;
	vec_push(p->arena, &p->regexes, r);
	*slot = (uint32_t)p->regexes.len;
	return *slot - 1;
}

const char *ir_probe_function(const struct ir_probe *p, size_t *len)
{
	enum { FUNCTION, STATEMENT, TRACE };
	static const char *const components[] = {
		[FUNCTION] = "function(\"",
		[STATEMENT] = "statement(\"",
		[TRACE] = "trace(\"",
	};
	const char *colon;
	size_t i;

	for (i = 0; i < sizeof(components) / sizeof(components[0]); i++) {
		const char *at = strstr(p->point, components[i]);

		if (!at)
			continue;
		at += strlen(components[i]);
		*len = strcspn(at, "@\"");
		colon = memchr(at, ':', *len);
		if (colon && i == TRACE) {
			*len -= (size_t)(colon + 1 - at);
			at = colon + 1;
		}
		return at;
	}
	*len = 0;
	return "";
}
