/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Members of kernel structures that programs read, as local BTF types with
 * CO-RE relocations: whoever loads the object puts the running kernel's offsets
 * in the instructions that code_core() marked.
 */
#ifndef SPILE_BPF_KERNEL_TYPES_H
#define SPILE_BPF_KERNEL_TYPES_H

#include "bpf/btf.h"
#include "ir/ir_offset.h"

enum kernel_member {
	KERNEL_TGID,   /* task_struct: i32 */
	KERNEL_SIGNAL, /* task_struct: struct signal_struct * */
	KERNEL_PARENT, /* task_struct: struct task_struct *, real_parent */
	KERNEL_CRED,   /* task_struct: struct cred * */
	KERNEL_COMM,   /* task_struct: char[16] */
	KERNEL_LIVE,   /* signal_struct: i32, threads left */
	KERNEL_EUID,   /* cred: u32 */
	KERNEL_EGID,   /* cred: u32 */
	KERNEL_MM,     /* task_struct: struct mm_struct * */
	KERNEL_EXE,    /* mm_struct: struct file *, exe_file */
	KERNEL_INODE,  /* file: struct inode *, f_inode */
	KERNEL_INO,    /* inode: unsigned long */
	KERNEL_SB,     /* inode: struct super_block * */
	KERNEL_DEV,    /* super_block: u32 */
	KERNEL_MEMBERS, /* and up: what kernel_relocate_offset() takes */
};

struct kernel_types {
	/* BTF ids; 0: not yet there */
	uint32_t task, signal, cred, mm, file, inode, super;
};

/* Offset of a member in our own types, which the marked instruction must have
 * before it is relocated. */
int32_t kernel_member_offset(enum kernel_member m);

/* Ask for the relocation of the instruction at insn_off bytes of a section to
 * the offset of a member that a script names; its own immediate must be 0. */
void kernel_relocate_offset(struct btf_writer *b, const char *section,
			    uint32_t insn_off, const struct ir_offset *o);

/* Ask for the relocation of the instruction at insn_off bytes of a section; adds
 * the types when they are first wanted. */
void kernel_relocate(struct btf_writer *b, struct kernel_types *t,
		     const char *section, uint32_t insn_off,
		     enum kernel_member m);

#endif
