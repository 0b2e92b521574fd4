/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bpf/kernel_types.h"

#include <linux/btf.h>
#include <string.h>

enum holder {
	IN_TASK,
	IN_SIGNAL,
	IN_CRED,
	IN_MM,
	IN_FILE,
	IN_INODE,
	IN_SUPER
};

/* By enum kernel_member: where it is, and its place and index there. */
static const struct {
	enum holder in;
	int32_t offset;
	const char *access;
} members[] = {
	[KERNEL_TGID] = { IN_TASK, 0, "0:0" },
	[KERNEL_SIGNAL] = { IN_TASK, 8, "0:1" },
	[KERNEL_PARENT] = { IN_TASK, 16, "0:2" },
	[KERNEL_CRED] = { IN_TASK, 24, "0:3" },
	[KERNEL_COMM] = { IN_TASK, 32, "0:4" },
	[KERNEL_LIVE] = { IN_SIGNAL, 0, "0:0" },
	[KERNEL_EUID] = { IN_CRED, 0, "0:0" },
	[KERNEL_EGID] = { IN_CRED, 4, "0:1" },
	[KERNEL_MM] = { IN_TASK, 48, "0:5" },
	[KERNEL_EXE] = { IN_MM, 0, "0:0" },
	[KERNEL_INODE] = { IN_FILE, 0, "0:0" },
	[KERNEL_INO] = { IN_INODE, 0, "0:0" },
	[KERNEL_SB] = { IN_INODE, 8, "0:1" },
	[KERNEL_DEV] = { IN_SUPER, 0, "0:0" },
};

int32_t kernel_member_offset(enum kernel_member m)
{
	return members[m].offset;
}

/* What leads from a task's memory to the file it was made from. */
static void add_file_types(struct btf_writer *b, struct kernel_types *t)
{
	uint32_t u32 = btf_int(b, "unsigned int", 4, false);
	uint32_t u64 = btf_int(b, "unsigned long", 8, false);
	struct btf_field dev = { "s_dev", u32, 0 };
	struct btf_field node[2] = { { "i_ino", u64, 0 }, { "i_sb", 0, 8 } };
	struct btf_field in = { "f_inode", 0, 0 };
	struct btf_field exe = { "exe_file", 0, 0 };

	t->super = btf_struct(b, "super_block", 4, &dev, 1);
	node[1].type = btf_ptr(b, t->super);
	t->inode = btf_struct(b, "inode", 16, node, 2);
	in.type = btf_ptr(b, t->inode);
	t->file = btf_struct(b, "file", 8, &in, 1);
	exe.type = btf_ptr(b, t->file);
	t->mm = btf_struct(b, "mm_struct", 8, &exe, 1);
}

static void add_types(struct btf_writer *b, struct kernel_types *t)
{
	uint32_t i32 = btf_int(b, "int", 4, true);
	uint32_t u32 = btf_int(b, "unsigned int", 4, false);
	uint32_t c8 = btf_int(b, "char", 1, true);
	struct btf_field counter = { "counter", i32, 0 };
	struct btf_field val = { "val", u32, 0 };
	struct btf_field live = { "live", 0, 0 };
	struct btf_field ids[2] = { { "euid", 0, 0 }, { "egid", 0, 4 } };
	struct btf_field task[6] = {
		{ "tgid", i32, 0 },       { "signal", 0, 8 },
		{ "real_parent", 0, 16 }, { "cred", 0, 24 },
		{ "comm", 0, 32 },        { "mm", 0, 48 },
	};

	live.type = btf_struct(b, NULL, 4, &counter, 1);
	t->signal = btf_struct(b, "signal_struct", 4, &live, 1);
	ids[0].type = ids[1].type = btf_struct(b, NULL, 4, &val, 1);
	t->cred = btf_struct(b, "cred", 8, ids, 2);
	task[1].type = btf_ptr(b, t->signal);
	/* To what the parent points does not matter. */
	task[2].type = btf_ptr(b, 0);
	task[3].type = btf_ptr(b, t->cred);
	task[4].type = btf_array(b, c8, i32, 16);
	add_file_types(b, t);
	task[5].type = btf_ptr(b, t->mm);
	t->task = btf_struct(b, "task_struct", 56, task, 6);
}

void kernel_relocate(struct btf_writer *b, struct kernel_types *t,
		     const char *section, uint32_t insn_off,
		     enum kernel_member m)
{
	uint32_t type = 0;

	if (!t->task)
		add_types(b, t);
	switch (members[m].in) {
	case IN_TASK:
		type = t->task;
		break;
	case IN_SIGNAL:
		type = t->signal;
		break;
	case IN_CRED:
		type = t->cred;
		break;
	case IN_MM:
		type = t->mm;
		break;
	case IN_FILE:
		type = t->file;
		break;
	case IN_INODE:
		type = t->inode;
		break;
	case IN_SUPER:
		type = t->super;
		break;
	}
	btf_core_offset(b, section, insn_off, type, members[m].access);
}

/* The type of a member, its kind being all that matters. in: the type of the
 * structure it is (s, u), else 0. */
static uint32_t member_type(struct btf_writer *b, char kind, uint32_t in)
{
	switch (kind) {
	case 's':
		return in ? in : btf_struct(b, NULL, 1, NULL, 0);
	case 'u':
		return in ? in : btf_plain(b, NULL, BTF_KIND_UNION, 1);
	case 'p':
		return btf_ptr(b, 0);
	case 'e':
		return btf_plain(b, NULL, BTF_KIND_ENUM, 4);
	case 'f':
		return btf_plain(b, NULL, BTF_KIND_FLOAT, 8);
	}
	return btf_int(b, "int", 4, true);
}

void kernel_relocate_offset(struct btf_writer *b, const char *section,
			    uint32_t insn_off, const struct ir_offset *o)
{
	char access[2 * IR_OFFSET_MEMBERS + 2] = "0";
	uint32_t type = 0, i, k;

	/* Local types hold one member each, at offset 0. */
	for (i = o->n; i-- > 0;) {
		char kind = o->member[i].kind;
		struct btf_field f = { .name = o->member[i].name };
		const char *name = i ? NULL : o->root;
		bool is_union = i ? o->member[i - 1].kind == 'u'
				  : o->tag == 'u';

		f.type = member_type(b, kind, type);
		for (k = 0; k < o->member[i].arrays; k++)
			f.type = btf_array(b, f.type,
					   btf_int(b, "int", 4, true), 1);
		if (!i && o->tag == 't')
			name = NULL;
		type = is_union ? btf_union(b, name, 8, &f, 1)
				: btf_struct(b, name, 8, &f, 1);
		memcpy(access + 1 + 2 * (o->n - 1 - i), ":0", 3);
	}
	if (o->tag == 't')
		type = btf_plain(b, o->root, BTF_KIND_TYPEDEF, type);
	btf_core_offset(b, section, insn_off, type, access);
}
