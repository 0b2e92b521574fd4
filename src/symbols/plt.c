/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A stub jumps through a slot of the global offset table, and a relocation says
 * whose address comes into the slot. The slot is read from the stub's code, so
 * that any order of stubs will do.
 */
#include "symbols/plt.h"

#include <stdlib.h>
#include <string.h>

#define MAX_SLOTS  ((size_t)1000000)
#define STUB_BYTES 16u

struct slot {
	uint64_t address;
	const char *name;
};

struct slots {
	VEC(struct slot) list; /* on the heap, sorted by address */
};

static int by_address(const void *a, const void *b)
{
	const struct slot *x = a, *y = b;

	return x->address < y->address ? -1 : x->address > y->address;
}

static bool names_slot(unsigned machine, uint64_t type)
{
	if (machine == EM_X86_64)
		return type == R_X86_64_JUMP_SLOT || type == R_X86_64_GLOB_DAT;
	return type == R_AARCH64_JUMP_SLOT || type == R_AARCH64_GLOB_DAT;
}

static void read_slots_of(const struct elffile *f, const struct elf_part *p,
			  struct slots *out)
{
	Elf_Scn *scn = elf_getscn(f->elf, p->header.sh_link);
	size_t i, n;
	Elf_Data *symbols;
	GElf_Shdr sh;

	if (!scn || !gelf_getshdr(scn, &sh) || sh.sh_type != SHT_DYNSYM ||
	    !p->data || !p->header.sh_entsize)
		return;
	symbols = elf_getdata(scn, NULL);
	n = p->header.sh_size / p->header.sh_entsize;
	for (i = 0; symbols && i < n && out->list.len < MAX_SLOTS; i++) {
		const char *name;
		GElf_Rela rel;
		GElf_Sym sym;

		if (!gelf_getrela(p->data, (int)i, &rel))
			return;
		if (!names_slot(f->header.e_machine, GELF_R_TYPE(rel.r_info)) ||
		    !gelf_getsym(symbols, (int)GELF_R_SYM(rel.r_info), &sym))
			continue;
		name = elf_strptr(f->elf, sh.sh_link, sym.st_name);
		if (name && *name)
			vec_push(NULL, &out->list,
				 (struct slot){ rel.r_offset, name });
	}
}

static void read_slots(const struct elffile *f, struct slots *out)
{
	static const char *const parts[] = { ".rela.plt", ".rela.dyn", NULL };
	struct elf_part p;
	size_t i;

	for (i = 0; parts[i]; i++)
		if (elffile_part(f, parts[i], &p) &&
		    p.header.sh_type == SHT_RELA)
			read_slots_of(f, &p, out);
	if (out->list.len)
		qsort(out->list.at, out->list.len, sizeof(out->list.at[0]),
		      by_address);
}

static uint32_t get32(const unsigned char *p)
{
	uint32_t v;

	memcpy(&v, p, 4);
	return v;
}

/* The slot that an x86-64 stub jumps through: jmp *N(%rip). */
static bool x86_slot(const unsigned char *code, size_t n, uint64_t address,
		     uint64_t *slot)
{
	size_t i;

	/* In front may stand endbr64 or a bnd prefix. */
	for (i = 0; i + 6 <= n && i < 8; i++) {
		if (code[i] != 0xff || code[i + 1] != 0x25)
			continue;
		*slot = address + i + 6 +
			(uint64_t)(int64_t)(int32_t)get32(code + i + 2);
		return true;
	}
	return false;
}

/* The same of aarch64: adrp x16, PAGE; ldr x17, [x16, N]. */
static bool arm_slot(const unsigned char *code, size_t n, uint64_t address,
		     uint64_t *slot)
{
	size_t i;

	for (i = 0; i + 8 <= n && i < 8; i += 4) {
		uint32_t adrp = get32(code + i), ldr = get32(code + i + 4);
		uint64_t page;

		if ((adrp & 0x9f00001fu) != 0x90000010u ||
		    (ldr & 0xffc003ffu) != 0xf9400211u)
			continue;
		page = (adrp >> 29 & 3) | (adrp >> 5 & 0x7ffff) << 2;
		/* 21 bits, signed. */
		page = (page ^ 0x100000) - 0x100000;
		*slot = (address & ~(uint64_t)0xfff) + (page << 12) +
			(ldr >> 10 & 0xfff) * 8;
		return true;
	}
	return false;
}

static void read_stubs(struct arena *a, const struct elffile *f,
		       const struct elf_part *p, const struct slots *slots,
		       plt_stubs *out)
{
	const unsigned char *code = p->data->d_buf;
	size_t i, size = p->data->d_size;
	/* Slots of .plt.got come every 8 bytes. */
	size_t step = p->header.sh_entsize == 8 ? 8 : STUB_BYTES;

	for (i = 0; i < size; i += step) {
		struct slot key = { 0 };
		const struct slot *s = NULL;
		struct plt_stub stub = { .address = p->header.sh_addr + i };
		size_t n = size - i < step ? size - i : step;
		bool jumps = f->header.e_machine == EM_X86_64
				     ? x86_slot(code + i, n, stub.address,
						&key.address)
				     : arm_slot(code + i, n, stub.address,
						&key.address);

		if (jumps && slots->list.len)
			s = bsearch(&key, slots->list.at, slots->list.len,
				    sizeof(key), by_address);
		if (!s || !elffile_offset(f, stub.address, true, &stub.offset))
			continue;
		stub.name = arena_strndup(a, s->name, strcspn(s->name, "@"));
		vec_push(a, out, stub);
	}
}

bool plt_read(struct arena *a, const struct elffile *f, plt_stubs *out)
{
	/* With .plt.sec, calls go there, and .plt only binds. */
	static const char *const parts[] = { ".plt.sec", ".plt", ".plt.got",
					     NULL };
	struct slots slots = { 0 };
	struct elf_part p;
	size_t i, before = out->len;

	if (f->header.e_machine != EM_X86_64 &&
	    f->header.e_machine != EM_AARCH64)
		return false;
	read_slots(f, &slots);
	for (i = 0; parts[i]; i++) {
		if (i == 1 && out->len > before)
			continue;
		if (elffile_part(f, parts[i], &p) && p.data)
			read_stubs(a, f, &p, &slots, out);
	}
	vec_release(&slots.list);
	return true;
}
