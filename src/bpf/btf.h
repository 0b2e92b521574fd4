/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small writer of BTF, the type information that the kernel and libbpf want:
 * map definitions, data sections, and the local types of CO-RE relocations.
 *
 * Types are numbered from 1 in order of creation; 0 is void.
 */
#ifndef SPILE_BPF_BTF_H
#define SPILE_BPF_BTF_H

#include "base/strbuf.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

struct btf_core_relo {
	uint32_t insn_off; /* bytes in the section */
	uint32_t type_id;
	uint32_t access;   /* string offset: "0:1:2" */
	uint32_t kind;     /* enum bpf_core_relo_kind */
};

struct btf_relo_section {
	uint32_t name; /* string offset */
	VEC(struct btf_core_relo) relos;
};

struct btf_func_info {
	uint32_t insn_off, type_id;
};

struct btf_func_section {
	uint32_t name; /* string offset */
	VEC(struct btf_func_info) funcs;
};

struct btf_writer {
	struct strbuf types, strings;
	uint32_t n_types;
	VEC(struct btf_relo_section) core;
	VEC(struct btf_func_section) funcs;
};

struct btf_field {
	const char *name;
	uint32_t type;
	uint32_t offset_bytes;
};

struct btf_var_place {
	uint32_t var; /* id of a btf_var() */
	uint32_t offset, size;
};

/* Start without types; free everything. */
void btf_init(struct btf_writer *b);
void btf_release(struct btf_writer *b);

/* Each adds one type and returns its id. name may be NULL for anonymous ones.
 * Sizes are in bytes. */
uint32_t btf_int(struct btf_writer *b, const char *name, uint32_t size,
		 bool is_signed);
uint32_t btf_ptr(struct btf_writer *b, uint32_t to);
uint32_t btf_array(struct btf_writer *b, uint32_t elem, uint32_t index,
		   uint32_t n);
uint32_t btf_struct(struct btf_writer *b, const char *name, uint32_t size,
		    const struct btf_field *members, uint32_t n);
/* The same, a union. */
uint32_t btf_union(struct btf_writer *b, const char *name, uint32_t size,
		   const struct btf_field *members, uint32_t n);
/* A type of a kind that nothing follows: an empty enum or union, a float (size
 * in bytes), a typedef (of a type id). */
uint32_t btf_plain(struct btf_writer *b, const char *name, uint32_t kind,
		   uint32_t size_or_type);
/* A global variable. */
uint32_t btf_var(struct btf_writer *b, const char *name, uint32_t type);
uint32_t btf_datasec(struct btf_writer *b, const char *name, uint32_t size,
		     const struct btf_var_place *vars, uint32_t n);

/* A function that takes n_params (anonymous) parameters of a type and returns
 * one of type ret; global or static. */
uint32_t btf_func(struct btf_writer *b, const char *name, uint32_t ret,
		  uint32_t param, uint32_t n_params, bool global);

/* Say that the function starts at insn_off bytes of a section. In order. */
void btf_func_at(struct btf_writer *b, const char *section, uint32_t insn_off,
		 uint32_t func);

/* Ask for the byte offset of the member that access ("0:2:0": indices of
 * members) names in the running kernel's type of the same name, to be put in
 * the immediate of the instruction at insn_off of a section. */
void btf_core_offset(struct btf_writer *b, const char *section,
		     uint32_t insn_off, uint32_t type_id, const char *access);

/* Append the contents of .BTF, and of .BTF.ext (nothing if it would be empty);
 * the latter first, since it may come to add strings. */
void btf_write_ext(struct btf_writer *b, struct strbuf *out);
void btf_write(const struct btf_writer *b, struct strbuf *out);

#endif
