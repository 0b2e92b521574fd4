/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The whole of pass 4 for BPF: programs of all groups, then the object around
 * them. See bpf.h.
 */
#include "bpf/bpf.h"

#include "bpf/follow.h"
#include "bpf/object.h"
#include "proto/session.h"

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Everything that is compiled, before it is put in an object. */
struct unit {
	struct arena arena;
	struct ir_layout layout;
	struct groups groups;
	struct object_needs needs;
	struct rodata rodata;
	struct code *code; /* by group */
	struct code *body; /* by group: what bpf_loop calls, or empty */
	struct code *walk; /* by group: called for elements of maps, or empty */
	struct code follow[FOLLOW_PROGRAMS];
	bool with_follow;
	bool notes; /* comment the code */
};

static void unit_release(struct unit *u)
{
	for (size_t i = 0; u->code && i < u->groups.v.len; i++) {
		code_release(&u->code[i]);
		code_release(&u->body[i]);
		code_release(&u->walk[i]);
	}
	for (int i = 0; i < FOLLOW_PROGRAMS; i++)
		code_release(&u->follow[i]);
	strbuf_release(&u->rodata.bytes);
	arena_release(&u->arena);
}

/* Compile one group; each gets memory of its own for the time it takes. */
static int compile_group(struct unit *u, const struct ir_prog *p, size_t i,
			 struct strbuf *err)
{
	const struct group *g = &u->groups.v.at[i];
	struct strbuf why = STRBUF_INIT;
	struct emit e = {
		.p = p,
		.l = &u->layout,
		.rodata = &u->rodata,
		.needs = &u->needs,
		.arena = &u->arena,
		.err = &why,
		.g = g,
		.notes = u->notes,
	};
	int rc = emit_group(&e);

	u->code[i] = e.looped ? e.outer : e.code;
	if (e.looped)
		u->body[i] = e.code;
	u->walk[i] = e.walk;
	if (rc && err) {
		strbuf_addf(err, "the handler of %s %s",
			    p->probes.at[g->probes.at[0]].point, why.buf);
	}
	strbuf_release(&why);
	return rc;
}

static int compile(struct unit *u, const struct ir_prog *p, bool notes,
		   struct strbuf *err)
{
	int rc = 0;

	*u = (struct unit){ .rodata.bytes = STRBUF_INIT, .notes = notes };
	ir_layout_init(&u->layout, p, &u->arena);
	groups_init(&u->groups, &u->arena, p);
	u->needs.map = arena_array(&u->arena, bool, p->globals.len);
	u->code = arena_array(&u->arena, struct code, u->groups.v.len);
	u->body = arena_array(&u->arena, struct code, u->groups.v.len);
	u->walk = arena_array(&u->arena, struct code, u->groups.v.len);
	for (size_t i = 0; i < u->groups.v.len && !rc; i++) {
		u->with_follow |= u->groups.v.at[i].target_only;
		rc = compile_group(u, p, i, err);
	}
	for (int i = 0; i < FOLLOW_PROGRAMS && u->with_follow; i++) {
		follow_programs[i].emit(&u->follow[i]);
		code_finish(&u->follow[i]);
	}
	return rc;
}

int bpf_can_run(const struct ir_prog *p, struct strbuf *err)
{
	struct unit u;
	int rc = compile(&u, p, false, err);

	unit_release(&u);
	return rc;
}

/* --- the object --- */

static uint32_t exec_section(struct elf_writer *elf, const char *name)
{
	for (uint32_t i = 1; i < elf->sections.len; i++) {
		if (!strcmp(elf->strtab.buf + elf->sections.at[i].name, name))
			return i;
	}
	return elf_add_section(elf, name, SHF_ALLOC | SHF_EXECINSTR, 8, NULL,
			       0);
}

static void add_core(struct object *o, const struct code_core *core,
		     const char *section, uint32_t at)
{
	struct ir_offset offset;

	if (core->which < KERNEL_MEMBERS)
		kernel_relocate(o->btf, &o->types, section, at,
				(enum kernel_member)core->which);
	else if (ir_offset_parse(o->p->strings.at[core->which - KERNEL_MEMBERS],
				 &offset))
		kernel_relocate_offset(o->btf, section, at, &offset);
}

/* Add one function; the offset at which it starts in its section. */
static uint32_t add_code(struct object *o, const struct code *c,
			 const char *section, const char *name,
			 uint32_t *symbol)
{
	const struct code_part *p = &c->part[0];
	uint32_t s = exec_section(o->elf, section);
	size_t size = p->insns.len * sizeof(struct bpf_insn);
	uint64_t at = elf_append(o->elf, s, p->insns.at, size);

	*symbol = elf_add_symbol(o->elf, name, STT_FUNC, s, at, size);
	for (size_t i = 0; i < p->relocs.len; i++) {
		const struct code_reloc *r = &p->relocs.at[i];

		elf_add_reloc(o->elf, s, at + r->insn * sizeof(struct bpf_insn),
			      o->symbol[r->ref]);
	}
	for (size_t i = 0; i < p->cores.len; i++)
		add_core(o, &p->cores.at[i], section,
			 (uint32_t)(at + p->cores.at[i].insn *
						 sizeof(*p->insns.at)));
	return (uint32_t)at;
}

/* A program: it takes the context and returns a number. */
static void add_program(struct object *o, const struct code *c,
			const char *section, const char *name)
{
	uint32_t symbol;
	uint32_t at = add_code(o, c, section, name, &symbol);
	uint32_t func = btf_func(o->btf, name, o->i32, o->pointer, 1, true);

	btf_func_at(o->btf, section, at, func);
}

/* What a helper calls: bpf_loop with (number of the turn, address), the walk
 * through a map with (map, key, value, address). The kernel insists on knowing
 * that it is static. */
static void add_called(struct object *o, const struct code *c,
		       const char *program, enum code_ref ref)
{
	bool walk = ref == REF_WALK;
	char name[64];
	uint32_t at, func;

	snprintf(name, sizeof(name), "%s_%s", program, walk ? "walk" : "body");
	at = add_code(o, c, ".text", name, &o->symbol[ref]);
	func = btf_func(o->btf, name, o->i32, o->pointer, walk ? 4 : 2, false);
	btf_func_at(o->btf, ".text", at, func);
}

static void add_follow(struct object *o, const struct unit *u)
{
	for (int i = 0; i < FOLLOW_PROGRAMS; i++)
		add_program(o, &u->follow[i], follow_programs[i].section,
			    follow_programs[i].name);
}

static void add_programs(struct object *o, const struct unit *u)
{
	o->i32 = btf_int(o->btf, "int", 4, true);
	o->pointer = btf_ptr(o->btf, 0);
	for (size_t i = 0; i < u->groups.v.len; i++) {
		const struct group *g = &u->groups.v.at[i];

		if (u->walk[i].part[0].insns.len)
			add_called(o, &u->walk[i], g->program, REF_WALK);
		if (u->body[i].part[0].insns.len)
			add_called(o, &u->body[i], g->program, REF_BODY);
		add_program(o, &u->code[i], g->section, g->program);
	}
	if (u->with_follow)
		add_follow(o, u);
}

static void add_text_section(struct object *o, const char *name, uint64_t flags,
			     const struct strbuf *s)
{
	if (s->len)
		elf_add_section(o->elf, name, flags, 8, s->buf, s->len);
}

static void add_metadata(struct object *o)
{
	struct strbuf s = STRBUF_INIT;

	elf_add_section(o->elf, "license", SHF_ALLOC | SHF_WRITE, 1, "GPL", 4);
	btf_write_ext(o->btf, &s);
	add_text_section(o, ".BTF.ext", 0, &s);
	strbuf_reset(&s);
	btf_write(o->btf, &s);
	add_text_section(o, ".BTF", 0, &s);
	strbuf_reset(&s);
	ir_print(o->p, &s);
	add_text_section(o, SESSION_IR_SECTION, 0, &s);
	strbuf_reset(&s);
	object_attach_table(o, &s);
	add_text_section(o, SESSION_ATTACH_SECTION, 0, &s);
	strbuf_release(&s);
}

static void write_object(struct unit *u, const struct ir_prog *p,
			 struct strbuf *out)
{
	struct elf_writer elf;
	struct btf_writer btf;
	struct object o = {
		.p = p,
		.l = &u->layout,
		.groups = &u->groups,
		.needs = &u->needs,
		.elf = &elf,
		.btf = &btf,
		.symbol = arena_array(&u->arena, uint32_t,
				      REF_GLOBAL + p->globals.len),
		.follow = u->with_follow,
	};

	elf_init(&elf);
	btf_init(&btf);
	object_add_maps(&o);
	object_add_data(&o);
	object_add_rodata(&o, &u->rodata);
	add_programs(&o, u);
	add_metadata(&o);
	elf_write(&elf, out);
	elf_release(&elf);
	btf_release(&btf);
}

int bpf_emit(const struct ir_prog *p, struct strbuf *out, struct strbuf *err)
{
	struct unit u;
	int rc = compile(&u, p, false, err);

	if (!rc)
		write_object(&u, p, out);
	unit_release(&u);
	return rc;
}

/* --- listing --- */

struct names {
	const struct ir_prog *p;
	char array[64];
};

static const char *ref_name(void *ctx, uint32_t ref)
{
	static const char *const fixed[] = { "session", "constants", "ring",
					     "scratch", "targets",   "body",
					     "walk" };
	struct names *n = ctx;

	if (ref < REF_GLOBAL)
		return fixed[ref];
	snprintf(n->array, sizeof(n->array), "array %s",
		 n->p->globals.at[ref - REF_GLOBAL].name);
	return n->array;
}

int bpf_list(const struct ir_prog *p, struct strbuf *out, struct strbuf *err)
{
	struct names names = { .p = p };
	struct unit u;
	int rc = compile(&u, p, true, err);

	for (size_t i = 0; !rc && i < u.groups.v.len; i++) {
		const struct group *g = &u.groups.v.at[i];

		strbuf_addf(out, "# %s: %s\n", g->program, g->section);
		for (size_t k = 0; k < g->probes.len; k++)
			strbuf_addf(out, "#   %s\n",
				    p->probes.at[g->probes.at[k]].point);
		code_list(&u.code[i], ref_name, &names, out);
		if (u.body[i].part[0].insns.len) {
			strbuf_addf(out, "# %s_body\n", g->program);
			code_list(&u.body[i], ref_name, &names, out);
		}
		if (u.walk[i].part[0].insns.len) {
			strbuf_addf(out, "# %s_walk\n", g->program);
			code_list(&u.walk[i], ref_name, &names, out);
		}
	}
	for (int i = 0; !rc && u.with_follow && i < FOLLOW_PROGRAMS; i++) {
		strbuf_addf(out, "# %s: %s\n", follow_programs[i].name,
			    follow_programs[i].section);
		code_list(&u.follow[i], ref_name, &names, out);
	}
	unit_release(&u);
	return rc;
}
