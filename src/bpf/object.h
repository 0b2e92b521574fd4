/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parts of a .bo that are not programs: maps, session block, constants,
 * table of attachments.
 */
#ifndef SPILE_BPF_OBJECT_H
#define SPILE_BPF_OBJECT_H

#include "bpf/btf.h"
#include "bpf/elf_write.h"
#include "bpf/emit.h"
#include "bpf/kernel_types.h"

struct object {
	const struct ir_prog *p;
	const struct ir_layout *l;
	const struct groups *groups;
	const struct object_needs *needs;
	struct elf_writer *elf;
	struct btf_writer *btf;
	uint32_t *symbol;      /* by code_ref: of maps and blocks, 0: none */
	bool follow;           /* the programs of follow.h are in it */
	uint32_t i32, pointer; /* BTF types of functions */
	struct kernel_types types;
};

/* Add .maps, .data.spile and .rodata with their BTF and symbols. */
void object_add_maps(struct object *o);
void object_add_data(struct object *o);
void object_add_rodata(struct object *o, const struct rodata *r);
/* Append .spile.attach's contents. */
void object_attach_table(const struct object *o, struct strbuf *out);

#endif
