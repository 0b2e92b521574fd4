/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps through C types: members, elements, and the numbers at their end. */
#include "sema/target.h"

#include "base/memory.h"
#include "base/similar.h"
#include "lang/token.h"

#include <stdlib.h>
#include <string.h>

struct ast_expr *target_node(const struct target *t, enum ast_expr_kind kind)
{
	struct ast_expr *e = arena_new(t->p->s->arena, struct ast_expr);

	e->kind = kind;
	e->loc = t->form->loc;
	return e;
}

struct ast_expr *target_number(const struct target *t, int64_t n)
{
	struct ast_expr *e = target_node(t, AST_NUMBER);

	e->num = n;
	return e;
}

struct ast_expr *target_binary(const struct target *t, unsigned op,
			       struct ast_expr *a, struct ast_expr *b)
{
	struct ast_expr *e = target_node(t, AST_BINARY);

	if (b->kind == AST_NUMBER && !b->num &&
	    (op == TOK_PLUS || op == TOK_SHL))
		return a;
	e->op = (uint16_t)op;
	e->a = a;
	e->b = b;
	return e;
}

struct ast_expr *target_load(const struct target *t, struct ast_expr *address,
			     unsigned access)
{
	struct ast_expr *e = target_node(t, AST_CONTEXT);

	e->op = CONTEXT_READ;
	e->num = access;
	e->a = address;
	return e;
}

const struct ctype *target_pointer(struct sema *s, const struct ctype *to)
{
	struct ctype *p = arena_new(s->arena, struct ctype);

	p->kind = CTYPE_POINTER;
	p->completed = true;
	p->target = to;
	if (to)
		p->source = to->source;
	p->size = p->source ? p->source->pointer_size : 8;
	return p;
}

int target_access(const struct target *t, const struct ctype *type)
{
	const struct ctype *c = ctype_strip(type);
	int access;

	if (!type)
		return MEM_64 | (t->user ? MEM_USER : 0);
	switch (c->kind) {
	case CTYPE_INT:
	case CTYPE_ENUM:
	case CTYPE_FLOAT:
	case CTYPE_POINTER:
		break;
	default:
		return -1;
	}
	access = mem_of_bytes(c->size);
	if (access < 0)
		return -1;
	return access | (c->is_signed ? MEM_SIGNED : 0) |
	       (t->user ? MEM_USER : 0);
}

/* --- messages --- */

static const char *type_text(struct sema *s, const struct ctype *type)
{
	struct strbuf text = STRBUF_INIT;
	const char *copy;

	ctype_print(type, &text);
	copy = arena_strndup(s->arena, text.buf, text.len);
	strbuf_release(&text);
	return copy;
}

static const char *step_text(struct sema *s, const struct ast_step *step)
{
	if (step->kind == STEP_MEMBER)
		return arena_printf(s->arena, "->%s", step->name);
	if (step->index->kind == AST_NUMBER)
		return arena_printf(s->arena, "[%lld]",
				    (long long)step->index->num);
	return "[...]";
}

static void offer(void *ctx, const char *name)
{
	similar_offer(ctx, name);
}

static bool no_member(struct target *t, const struct ctype *type,
		      const struct ast_step *step)
{
	struct similar near = { .want = step->name };
	struct strbuf names = STRBUF_INIT;

	if (!t->p->quiet) {
		ctype_each_member(type, offer, &near);
		similar_add(&near, &names);
		diag_error(t->p->s->diag, step->loc, TARGET_NO_MEMBER,
			   step->name, type_text(t->p->s, type), names.buf);
		strbuf_release(&names);
	}
	return false;
}

static bool no_access(struct target *t, const struct ctype *type,
		      const struct ast_step *step)
{
	struct sema *s = t->p->s;

	if (t->p->quiet)
		return false;
	if (ctype_strip(type)->kind == CTYPE_ARRAY)
		diag_error(s->diag, step->loc, TARGET_ARRAY_ACCESS,
			   step_text(s, step));
	else
		diag_error(s->diag, step->loc, TARGET_ACCESS,
			   step_text(s, step),
			   t->type || t->in_memory ? type_text(s, type)
						: "long");
	return false;
}

/* --- offsets --- */

/* How libbpf knows a member's type: see ir/ir_offset.h. */
static void add_kind(const struct ctype *type, struct strbuf *out)
{
	const struct ctype *c = ctype_strip(type);
	int depth;

	for (depth = 0; c->kind == CTYPE_ARRAY && depth < 8; depth++) {
		strbuf_addch(out, 'a');
		c = ctype_strip(ctype_target(c));
	}
	switch (c->kind) {
	case CTYPE_ENUM:
		strbuf_addch(out, 'e');
		break;
	case CTYPE_FLOAT:
		strbuf_addch(out, 'f');
		break;
	case CTYPE_POINTER:
		strbuf_addch(out, 'p');
		break;
	case CTYPE_STRUCT:
	case CTYPE_CLASS:
		strbuf_addch(out, 's');
		break;
	case CTYPE_UNION:
		strbuf_addch(out, 'u');
		break;
	default:
		strbuf_addch(out, 'i');
		break;
	}
}

/* "struct NAME" by which another kernel's BTF can be asked, or nothing. */
static bool add_root(const struct ctype *type, struct strbuf *out)
{
	const struct ctype *c = ctype_strip(type);

	if (c->name && c->kind == CTYPE_STRUCT) {
		strbuf_addf(out, "struct %s", c->name);
		return true;
	}
	if (c->name && c->kind == CTYPE_UNION) {
		strbuf_addf(out, "union %s", c->name);
		return true;
	}
	while (type && type->kind != CTYPE_TYPEDEF && type != c)
		type = ctype_target(type);
	if (!type || type == c || !type->name)
		return false;
	strbuf_addf(out, "typedef %s", type->name);
	return true;
}

static unsigned count_dots(const char *s)
{
	unsigned n = 0;

	for (; *s; s++)
		n += *s == '.';
	return n;
}

/*
 * Add the offset of a member to the address. Where the source is portable and
 * the structure has a name, another kernel can put in its own; a structure
 * without one goes on where the last offset ended.
 */
static void add_offset(struct target *t, const struct ctype *type,
		       const struct ctype_member *m, uint64_t bytes)
{
	struct sema *s = t->p->s;
	struct strbuf text = STRBUF_INIT;
	struct ast_expr *last = t->offset;
	const struct ctype *c = ctype_strip(type);
	const char *rest;
	int64_t before;

	t->offset = NULL;
	if (c->source && c->source->portable && m->name) {
		if (add_root(type, &text)) {
			rest = NULL;
			last = target_node(t, AST_CONTEXT);
			last->op = CONTEXT_OFFSET;
			before = 0;
		} else if (last && count_dots(last->str) < 7) {
			before = strtoll(last->str, NULL, 10);
			rest = strchr(last->str, ' ') + 1;
			strbuf_addstr(&text, rest);
		} else {
			last = NULL;
		}
	} else {
		last = NULL;
	}
	if (!last) {
		t->expr = target_binary(t, TOK_PLUS, t->expr,
					target_number(t, (int64_t)bytes));
		strbuf_release(&text);
		return;
	}
	strbuf_addf(&text, ".%s:", m->name);
	add_kind(m->type, &text);
	if (!rest)
		t->expr = target_binary(t, TOK_PLUS, t->expr, last);
	last->str = arena_printf(s->arena, "%lld %s",
				 (long long)(before + (int64_t)bytes),
				 text.buf);
	last->len = strlen(last->str);
	t->offset = last;
	strbuf_release(&text);
}

/* --- steps --- */

/* Follow a pointer: what it points to is in memory at its value. */
static bool follow(struct target *t)
{
	const struct ctype *to = ctype_target(ctype_strip(t->type));
	struct ast_expr *value = target_value(t);

	if (!value)
		return false;
	t->expr = value;
	t->in_memory = true;
	t->type = to;
	t->bits = 0;
	t->offset = NULL;
	return true;
}

/* Bit fields are read by the words of their type that hold them. */
static void enter_bits(struct target *t, const struct ctype_member *m,
		       uint64_t *bit_offset)
{
	uint64_t word = ctype_size(m->type) * 8;

	if (word < 8 || word > 64)
		word = 64;
	t->bits = m->bits;
	t->bit_offset = (uint32_t)(*bit_offset % word);
	if (t->bit_offset + m->bits > 64)
		t->bit_offset = (uint32_t)(*bit_offset % 8);
	*bit_offset -= t->bit_offset;
}

void target_enter(struct target *t, const struct ctype *type,
		  const struct ctype_member *m)
{
	uint64_t bit_offset = m->bit_offset;

	if (m->bits) {
		enter_bits(t, m, &bit_offset);
		/* The word of a bit field is where this kernel has it. */
		t->offset = NULL;
		t->expr = target_binary(
			t, TOK_PLUS, t->expr,
			target_number(t, (int64_t)(bit_offset / 8)));
	} else {
		add_offset(t, type, m, bit_offset / 8);
	}
	t->type = m->type;
}

static bool step_member(struct target *t, const struct ast_step *step)
{
	struct ctype_member m;
	const struct ctype *type;
	struct ctype_path path;

	if (ctype_strip(t->type)->kind == CTYPE_POINTER) {
		if (!ctype_is_struct(ctype_target(ctype_strip(t->type))))
			return no_access(t, ctype_target(ctype_strip(t->type)),
					 step);
		if (!follow(t))
			return false;
	}
	type = t->type;
	if (!ctype_is_struct(type) || !t->in_memory)
		return no_access(t, type, step);
	if (!ctype_find_member(type, step->name, &path))
		return no_member(t, type, step);
	/* As if it stood in the structure itself. */
	m = *path.step[path.n - 1];
	m.bit_offset = path.bit_offset;
	target_enter(t, type, &m);
	return true;
}

static bool step_index(struct target *t, const struct ast_step *step)
{
	const struct ctype *c = ctype_strip(t->type);
	struct ast_expr *offset;
	uint64_t size;

	if (c->kind == CTYPE_POINTER) {
		if (!follow(t))
			return false;
	} else if (c->kind == CTYPE_ARRAY && t->in_memory) {
		t->type = ctype_target(c);
	} else {
		return no_access(t, t->type, step);
	}
	size = ctype_size(t->type);
	if (!size)
		return no_access(t, t->type, step);
	if (step->index->kind == AST_NUMBER)
		offset = target_number(t, step->index->num * (int64_t)size);
	else
		offset = target_binary(t, TOK_STAR, step->index,
				       target_number(t, (int64_t)size));
	t->expr = target_binary(t, TOK_PLUS, t->expr, offset);
	t->offset = NULL;
	return true;
}

bool target_step(struct target *t, const struct ast_step *step)
{
	t->step = step;
	if (step->kind == STEP_MEMBER)
		return step_member(t, step);
	return step_index(t, step);
}

/* --- numbers --- */

/* The low bits of a value, extended by the type. */
static struct ast_expr *extend(struct target *t, struct ast_expr *value,
			       uint32_t bits, uint32_t above, bool is_signed)
{
	if (bits >= 64)
		return value;
	value = target_binary(t, TOK_SHL, value, target_number(t, above));
	return target_binary(t, is_signed ? TOK_SHR : TOK_USHR, value,
			     target_number(t, 64 - bits));
}

static void say_aggregate(struct target *t, const struct ctype *c)
{
	struct sema *s = t->p->s;
	const struct ctype_member *m;
	const char *name = "", *where = "";
	size_t n, i;

	if (t->p->quiet)
		return;
	m = ctype_members(c, &n);
	for (i = 0; i < n && !*name; i++)
		name = m[i].name ? m[i].name : "";
	if (c->decl_file)
		where = arena_printf(s->arena, " (%s:%u)", c->decl_file,
				     c->decl_line);
	diag_error(s->diag, t->form->loc, TARGET_AGGREGATE, type_text(s, c),
		   where, name);
}

/* A number that is not in memory, cut to its type. */
static struct ast_expr *in_register(struct target *t, const struct ctype *c)
{
	uint64_t size = c->size;
	int64_t n;

	if (!t->type || !size || size >= 8 || c->kind == CTYPE_POINTER)
		return t->expr;
	if (t->expr->kind == AST_NUMBER) {
		n = mem_extend((unsigned)(mem_of_bytes(size) < 0
						  ? MEM_64
						  : mem_of_bytes(size)) |
				       (c->is_signed ? MEM_SIGNED : 0),
			       (uint64_t)t->expr->num);
		return target_number(t, n);
	}
	return extend(t, t->expr, (uint32_t)size * 8, 64 - (uint32_t)size * 8,
		      c->is_signed);
}

struct ast_expr *target_value(struct target *t)
{
	const struct ctype *c = ctype_strip(t->type);
	int access;

	if (!t->in_memory)
		return in_register(t, c);
	if (c->kind == CTYPE_ARRAY || c->kind == CTYPE_FUNCTION)
		return t->expr;
	if (ctype_is_struct(c)) {
		say_aggregate(t, c);
		return NULL;
	}
	if (t->bits) {
		access = t->bit_offset + t->bits <= 32 ? MEM_32 : MEM_64;
		access |= t->user ? MEM_USER : 0;
		return extend(t, target_load(t, t->expr, (unsigned)access),
			      t->bits, 64 - t->bit_offset - t->bits,
			      c->is_signed);
	}
	access = target_access(t, t->type);
	if (access < 0) {
		if (!t->p->quiet)
			diag_error(t->p->s->diag, t->form->loc, TARGET_ACCESS,
				   t->step ? step_text(t->p->s, t->step) : "",
				   type_text(t->p->s, t->type));
		return NULL;
	}
	return target_load(t, t->expr, (unsigned)access);
}
