/* SPDX-License-Identifier: GPL-2.0-or-later */
/* BTF writer; see btf.h. The format is the kernel's linux/btf.h. */
#include "bpf/btf.h"

#include <linux/bpf.h>
#include <linux/btf.h>
#include <stdio.h>
#include <string.h>

#define BTF_EXT_MAGIC 0xeB9F

/* What .BTF.ext starts with; linux/btf.h does not have it. */
struct ext_header {
	uint16_t magic;
	uint8_t version, flags;
	uint32_t hdr_len;
	uint32_t func_info_off, func_info_len;
	uint32_t line_info_off, line_info_len;
	uint32_t core_relo_off, core_relo_len;
};

void btf_init(struct btf_writer *b)
{
	*b = (struct btf_writer){ .types = STRBUF_INIT,
				  .strings = STRBUF_INIT };
	strbuf_addch(&b->strings, '\0');
}

void btf_release(struct btf_writer *b)
{
	struct btf_relo_section *s;
	struct btf_func_section *f;

	vec_foreach(s, &b->core)
		vec_release(&s->relos);
	vec_foreach(f, &b->funcs)
		vec_release(&f->funcs);
	vec_release(&b->core);
	vec_release(&b->funcs);
	strbuf_release(&b->types);
	strbuf_release(&b->strings);
}

/* Offset of a string, sharing equal ones: objects have few. */
static uint32_t add_string(struct btf_writer *b, const char *s)
{
	size_t len, at;

	if (!s || !*s)
		return 0;
	len = strlen(s) + 1;
	for (at = 1; at + len <= b->strings.len;
	     at += strlen(b->strings.buf + at) + 1) {
		if (!memcmp(b->strings.buf + at, s, len))
			return (uint32_t)at;
	}
	at = b->strings.len;
	strbuf_add(&b->strings, s, len);
	return (uint32_t)at;
}

static uint32_t add_type(struct btf_writer *b, const char *name, uint32_t kind,
			 uint32_t vlen, uint32_t size_or_type)
{
	struct btf_type t = {
		.name_off = add_string(b, name),
		.info = kind << 24 | vlen,
		.size = size_or_type,
	};

	strbuf_add(&b->types, &t, sizeof(t));
	return ++b->n_types;
}

uint32_t btf_int(struct btf_writer *b, const char *name, uint32_t size,
		 bool is_signed)
{
	uint32_t id = add_type(b, name, BTF_KIND_INT, 0, size);
	uint32_t enc = size * 8;

	if (is_signed)
		enc |= (uint32_t)BTF_INT_SIGNED << 24;
	strbuf_add(&b->types, &enc, sizeof(enc));
	return id;
}

uint32_t btf_ptr(struct btf_writer *b, uint32_t to)
{
	return add_type(b, NULL, BTF_KIND_PTR, 0, to);
}

uint32_t btf_array(struct btf_writer *b, uint32_t elem, uint32_t index,
		   uint32_t n)
{
	uint32_t id = add_type(b, NULL, BTF_KIND_ARRAY, 0, 0);
	struct btf_array a = { .type = elem, .index_type = index, .nelems = n };

	strbuf_add(&b->types, &a, sizeof(a));
	return id;
}

static uint32_t add_members(struct btf_writer *b, const char *name,
			    uint32_t kind, uint32_t size,
			    const struct btf_field *members, uint32_t n)
{
	uint32_t id = add_type(b, name, kind, n, size);

	for (uint32_t i = 0; i < n; i++) {
		struct btf_field_raw {
			uint32_t name_off, type, offset;
		} m = {
			.name_off = add_string(b, members[i].name),
			.type = members[i].type,
			.offset = members[i].offset_bytes * 8,
		};

		strbuf_add(&b->types, &m, sizeof(m));
	}
	return id;
}

uint32_t btf_struct(struct btf_writer *b, const char *name, uint32_t size,
		    const struct btf_field *members, uint32_t n)
{
	return add_members(b, name, BTF_KIND_STRUCT, size, members, n);
}

uint32_t btf_union(struct btf_writer *b, const char *name, uint32_t size,
		   const struct btf_field *members, uint32_t n)
{
	return add_members(b, name, BTF_KIND_UNION, size, members, n);
}

uint32_t btf_plain(struct btf_writer *b, const char *name, uint32_t kind,
		   uint32_t size_or_type)
{
	return add_type(b, name, kind, 0, size_or_type);
}

uint32_t btf_var(struct btf_writer *b, const char *name, uint32_t type)
{
	uint32_t id = add_type(b, name, BTF_KIND_VAR, 0, type);
	struct btf_var v = { .linkage = BTF_VAR_GLOBAL_ALLOCATED };

	strbuf_add(&b->types, &v, sizeof(v));
	return id;
}

uint32_t btf_datasec(struct btf_writer *b, const char *name, uint32_t size,
		     const struct btf_var_place *vars, uint32_t n)
{
	uint32_t id = add_type(b, name, BTF_KIND_DATASEC, n, size);

	for (uint32_t i = 0; i < n; i++) {
		struct btf_var_secinfo s = {
			.type = vars[i].var,
			.offset = vars[i].offset,
			.size = vars[i].size,
		};

		strbuf_add(&b->types, &s, sizeof(s));
	}
	return id;
}

uint32_t btf_func(struct btf_writer *b, const char *name, uint32_t ret,
		  uint32_t param, uint32_t n_params, bool global)
{
	uint32_t proto = add_type(b, NULL, BTF_KIND_FUNC_PROTO, n_params, ret);

	for (uint32_t i = 0; i < n_params; i++) {
		char arg[16];
		struct btf_param p = { .type = param };

		/* The kernel wants names in functions that have a body. */
		snprintf(arg, sizeof(arg), "a%u", i);
		p.name_off = add_string(b, arg);
		strbuf_add(&b->types, &p, sizeof(p));
	}
	return add_type(b, name, BTF_KIND_FUNC,
			global ? BTF_FUNC_GLOBAL : BTF_FUNC_STATIC, proto);
}

void btf_func_at(struct btf_writer *b, const char *section, uint32_t insn_off,
		 uint32_t func)
{
	uint32_t name = add_string(b, section);
	struct btf_func_info info = { insn_off, func };
	struct btf_func_section *s;

	vec_foreach(s, &b->funcs) {
		if (s->name == name) {
			vec_push(NULL, &s->funcs, info);
			return;
		}
	}
	vec_push(NULL, &b->funcs, (struct btf_func_section){ .name = name });
	vec_push(NULL, &vec_last(&b->funcs).funcs, info);
}

void btf_core_offset(struct btf_writer *b, const char *section,
		     uint32_t insn_off, uint32_t type_id, const char *access)
{
	uint32_t name = add_string(b, section);
	struct btf_relo_section *s = NULL;

	vec_foreach(s, &b->core) {
		if (s->name == name)
			break;
	}
	if (!b->core.len || s == b->core.at + b->core.len) {
		vec_push(NULL, &b->core,
			 (struct btf_relo_section){ .name = name });
		s = &vec_last(&b->core);
	}
	vec_push(NULL, &s->relos,
		 (struct btf_core_relo){
			 .insn_off = insn_off,
			 .type_id = type_id,
			 .access = add_string(b, access),
			 .kind = BPF_CORE_FIELD_BYTE_OFFSET,
		 });
}

/* Append the head of a section and its records. */
static void put_ext_section(struct strbuf *out, uint32_t name,
			    const void *records, size_t n, size_t size)
{
	uint32_t head[2] = { name, (uint32_t)n };

	strbuf_add(out, head, sizeof(head));
	strbuf_add(out, records, n * size);
}

void btf_write_ext(struct btf_writer *b, struct strbuf *out)
{
	struct ext_header h = {
		.magic = BTF_EXT_MAGIC,
		.version = 1,
		.hdr_len = sizeof(h),
	};
	uint32_t relo_size = sizeof(struct btf_core_relo);
	uint32_t func_size = sizeof(struct btf_func_info);
	const struct btf_relo_section *s;
	const struct btf_func_section *f;
	struct strbuf body = STRBUF_INIT;

	if (!b->core.len && !b->funcs.len)
		return;
	if (b->funcs.len)
		strbuf_add(&body, &func_size, sizeof(func_size));
	vec_foreach(f, &b->funcs)
		put_ext_section(&body, f->name, f->funcs.at, f->funcs.len,
				func_size);
	h.func_info_len = (uint32_t)body.len;
	h.line_info_off = h.core_relo_off = h.func_info_len;
	if (b->core.len)
		strbuf_add(&body, &relo_size, sizeof(relo_size));
	vec_foreach(s, &b->core)
		put_ext_section(&body, s->name, s->relos.at, s->relos.len,
				relo_size);
	h.core_relo_len = (uint32_t)body.len - h.core_relo_off;
	strbuf_add(out, &h, sizeof(h));
	strbuf_add(out, body.buf, body.len);
	strbuf_release(&body);
}

void btf_write(const struct btf_writer *b, struct strbuf *out)
{
	struct btf_header h = {
		.magic = BTF_MAGIC,
		.version = BTF_VERSION,
		.hdr_len = sizeof(h),
		.type_off = 0,
		.type_len = (uint32_t)b->types.len,
		.str_off = (uint32_t)b->types.len,
		.str_len = (uint32_t)b->strings.len,
	};

	strbuf_add(out, &h, sizeof(h));
	strbuf_add(out, b->types.buf, b->types.len);
	strbuf_add(out, b->strings.buf, b->strings.len);
}
