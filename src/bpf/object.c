/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Maps, data and attachments of a .bo; see object.h. Maps are defined by BTF as
 * libbpf wants it: a variable in ".maps" whose type is a struct of pointers to
 * arrays, the number of elements being the value.
 */
#include "bpf/object.h"

#include "base/bug.h"
#include "bpf/follow.h"
#include "proto/session.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Making a ring costs time: 0.5 ms for 4 MiB, 0.05 for the small one, which is
 * for handlers that send nothing but errors. */
#define RING_BYTES       (4u << 20)
#define SMALL_RING_BYTES (128u << 10)
#define MAX_TARGETS      16384u
/* Maps beyond this size get their entries when they are made. */
#define PREALLOC_MAX_BYTES (64u << 20)
/* The machine the object will run on may have more than ours. */
#define MANY_CPUS 16u

struct map_def {
	char name[16];
	uint32_t type, key_size, value_size, max_entries, flags;
};

struct map_section {
	struct btf_writer *btf;
	uint32_t i32;
	VEC(struct btf_var_place) vars;
	uint32_t size;
};

static uint32_t value_type(struct map_section *m, uint32_t value)
{
	return btf_ptr(m->btf, btf_array(m->btf, m->i32, m->i32, value));
}

/* Define a map that code refers to as ref. */
static void define_map(struct object *o, struct map_section *m,
		       const struct map_def *d, uint32_t section, uint32_t ref)
{
	struct btf_field f[5] = {
		{ "type", value_type(m, d->type), 0 },
		{ "max_entries", value_type(m, d->max_entries), 8 },
		{ "map_flags", value_type(m, d->flags), 16 },
	};
	uint32_t n = 3, size, at = m->size, type;

	if (d->key_size) {
		f[n] = (struct btf_field){ "key_size",
					   value_type(m, d->key_size), n * 8 };
		n++;
		f[n] = (struct btf_field){ "value_size",
					   value_type(m, d->value_size),
					   n * 8 };
		n++;
	}
	size = n * 8;
	type = btf_struct(m->btf, NULL, size, f, n);
	vec_push(NULL, &m->vars,
		 (struct btf_var_place){ btf_var(m->btf, d->name, type), at,
					 size });
	m->size += size;
	o->symbol[ref] =
		elf_add_symbol(o->elf, d->name, STT_OBJECT, section, at, size);
}

static bool in_a_map(const struct ir_global *g)
{
	return g->kind == IR_MAP || g->type == IR_STAT;
}

static struct map_def array_map(const struct object *o, uint32_t id)
{
	const struct ir_global *g = &o->p->globals.at[id];
	struct map_def d = {
		.type = BPF_MAP_TYPE_HASH,
		.key_size = ir_key_bytes(g),
		.value_size = ir_map_value_bytes(g),
		.max_entries = g->size,
	};
	uint64_t copies = 1;

	snprintf(d.name, sizeof(d.name), "g%u", id);
	if (g->type == IR_STAT && g->kind == IR_SCALAR) {
		d.type = BPF_MAP_TYPE_PERCPU_ARRAY;
		d.key_size = 4;
		d.value_size = ir_stat_bytes(&g->stat);
		d.max_entries = 1;
		return d;
	}
	if (g->type == IR_STAT) {
		d.type = BPF_MAP_TYPE_PERCPU_HASH;
		copies = MANY_CPUS;
	}
	/* 64 bytes: the kernel's own part of an element, about. */
	if ((uint64_t)g->size * (d.key_size + d.value_size * copies + 64) >
	    PREALLOC_MAX_BYTES)
		d.flags = BPF_F_NO_PREALLOC;
	return d;
}

void object_add_maps(struct object *o)
{
	struct map_section m = { .btf = o->btf };
	uint32_t s = elf_add_section(o->elf, ".maps", SHF_ALLOC | SHF_WRITE, 8,
				     NULL, 0);
	struct map_def ring = { SESSION_RING_MAP,
				BPF_MAP_TYPE_RINGBUF,
				0,
				0,
				o->needs->text ? RING_BYTES : SMALL_RING_BYTES,
				0 };
	struct map_def targets = {
		SESSION_TARGETS_MAP, BPF_MAP_TYPE_HASH, 4, 4, MAX_TARGETS, 0
	};
	struct map_def scratch = { "spile_scratch",
				   BPF_MAP_TYPE_PERCPU_ARRAY,
				   4,
				   (o->needs->scratch_bytes + 7) & ~7u,
				   SCRATCH_LEVELS,
				   0 };
	char *zero;

	m.i32 = btf_int(o->btf, "int", 4, true);
	define_map(o, &m, &ring, s, REF_RING);
	if (o->needs->targets || o->follow)
		define_map(o, &m, &targets, s, REF_TARGETS);
	if (o->needs->scratch)
		define_map(o, &m, &scratch, s, REF_SCRATCH);
	for (uint32_t g = 0; g < o->p->globals.len; g++) {
		struct map_def d;

		if (!in_a_map(&o->p->globals.at[g]) || !o->l->shared[g])
			continue;
		d = array_map(o, g);
		define_map(o, &m, &d, s, REF_GLOBAL + g);
	}
	btf_datasec(o->btf, ".maps", m.size, m.vars.at, (uint32_t)m.vars.len);
	vec_release(&m.vars);
	zero = xcalloc(1, m.size);
	elf_append(o->elf, s, zero, m.size);
	free(zero);
}

static uint32_t struct_type(struct btf_writer *b)
{
	uint32_t u32 = btf_int(b, "unsigned int", 4, false);
	uint32_t u64 = btf_int(b, "unsigned long", 8, false);
#define FIELD(type, name)                                    \
 {                                                           \
#  name, type, (uint32_t)offsetof(struct session_data, name) \
 }
	struct btf_field f[] = {
		FIELD(u32, state),   FIELD(u32, lock),     FIELD(u64, errors),
		FIELD(u64, skipped), FIELD(u64, lost),     FIELD(u64, wall_ns),
		FIELD(u64, target),  FIELD(u64, sequence),
		FIELD(u64, low),
	};
#undef FIELD

	return btf_struct(b, "session_data", sizeof(struct session_data), f,
			  ARRAY_SIZE(f));
}

static void scalar_init(const struct ir_global *g, char *at)
{
	if (g->type == IR_I64)
		memcpy(at, &g->init_num, sizeof(g->init_num));
	else if (g->init_str)
		memcpy(at, g->init_str, strnlen(g->init_str, g->bound - 1));
}

void object_add_data(struct object *o)
{
	const char *name = SESSION_DATA_SECTION;
	uint32_t s = elf_add_section(o->elf, name, SHF_ALLOC | SHF_WRITE, 8,
				     NULL, 0);
	VEC(struct btf_var_place) vars = { 0 };
	uint32_t head = sizeof(struct session_data), word;
	struct session_data start = { .sequence = SESSION_FIRST_NUMBER,
				      .low = SESSION_FIRST_NUMBER };
	char *block = xcalloc(1, o->l->size);

	memcpy(block, &start, sizeof(start));
	vec_push(NULL, &vars,
		 (struct btf_var_place){
			 btf_var(o->btf, "spile_session", struct_type(o->btf)),
			 0, head });
	o->symbol[REF_DATA] =
		elf_add_symbol(o->elf, "spile_session", STT_OBJECT, s, 0, head);
	word = btf_int(o->btf, "char", 1, true);
	for (uint32_t g = 0; g < o->p->globals.len; g++) {
		const struct ir_global *gl = &o->p->globals.at[g];
		uint32_t size = ir_value_bytes(gl->type, gl->bound), type;
		char var[24];

		if (in_a_map(gl) || !o->l->shared[g])
			continue;
		snprintf(var, sizeof(var), "global_%u", g);
		type = btf_array(o->btf, word, word, size);
		vec_push(NULL, &vars,
			 (struct btf_var_place){ btf_var(o->btf, var, type),
						 o->l->offset[g], size });
		elf_add_symbol(o->elf, var, STT_OBJECT, s, o->l->offset[g],
			       size);
		scalar_init(gl, block + o->l->offset[g]);
	}
	btf_datasec(o->btf, name, o->l->size, vars.at, (uint32_t)vars.len);
	elf_append(o->elf, s, block, o->l->size);
	vec_release(&vars);
	free(block);
}

void object_add_rodata(struct object *o, const struct rodata *r)
{
	uint32_t s;

	if (!r->bytes.len)
		return;
	s = elf_add_section(o->elf, ".rodata", SHF_ALLOC, 8, r->bytes.buf,
			    r->bytes.len);
	o->symbol[REF_RODATA] = elf_add_symbol(o->elf, "spile_rodata",
					       STT_OBJECT, s, 0, r->bytes.len);
}

/* --- attachments --- */

static uint32_t table_string(struct strbuf *strings, const char *s)
{
	uint32_t at = (uint32_t)strings->len;

	if (!s)
		return ATTACH_NO_STRING;
	strbuf_add(strings, s, strlen(s) + 1);
	return at;
}

/* All rows of a group name its program by the same string. */
static void group_rows(const struct object *o, const struct group *g,
		       struct strbuf *rows, struct strbuf *strings)
{
	uint32_t program = table_string(strings, g->program);

	for (size_t k = 0; k < g->probes.len; k++) {
		const struct ir_probe *pr = &o->p->probes.at[g->probes.at[k]];
		struct attach_row row = {
			.kind = (uint32_t)pr->attach,
			.probe = g->probes.at[k],
			.program = program,
			.s0 = table_string(strings, pr->s0),
			.s1 = table_string(strings, pr->s1),
			.flags = pr->target_only ? ATTACH_ROW_TARGET_ONLY : 0,
			.n0 = pr->n0,
			.n1 = pr->n1,
			.n2 = pr->n2,
		};

		strbuf_add(rows, &row, sizeof(row));
	}
}

static void follow_row(const struct follow_program *f, struct strbuf *rows,
		       struct strbuf *strings)
{
	struct attach_row row = {
		.kind = ATTACH_RAW_TP,
		.probe = UINT32_MAX,
		.program = table_string(strings, f->name),
		.s0 = table_string(strings, f->tracepoint),
		.s1 = ATTACH_NO_STRING,
	};

	strbuf_add(rows, &row, sizeof(row));
}

void object_attach_table(const struct object *o, struct strbuf *out)
{
	struct strbuf rows = STRBUF_INIT, strings = STRBUF_INIT;
	struct attach_header h = { .magic = ATTACH_MAGIC,
				   .version = ATTACH_VERSION };
	const struct group *g;

	/* Forks first, so that none is missed once the others are there; exits
	 * last: programs run in the order they were attached, and handlers of
	 * exits are still to find the target. */
	if (o->follow)
		follow_row(&follow_programs[FOLLOW_FORK], &rows, &strings);
	vec_foreach(g, &o->groups->v)
		group_rows(o, g, &rows, &strings);
	if (o->follow)
		follow_row(&follow_programs[FOLLOW_EXIT], &rows, &strings);
	h.n_rows = (uint32_t)(rows.len / sizeof(struct attach_row));
	h.str_len = (uint32_t)strings.len;
	strbuf_add(out, &h, sizeof(h));
	strbuf_add(out, rows.buf, rows.len);
	strbuf_add(out, strings.buf, strings.len);
	strbuf_release(&rows);
	strbuf_release(&strings);
}
