/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The notes; what an argument's text means is read in sdt_arg.c. */
#include "symbols/sdt.h"

#include <string.h>

#define NOTE_TYPE 3u
#define MAX_MARKS ((size_t)1000000)

struct reading {
	struct arena *arena;
	const struct elffile *file;
	const struct sdt_mark *mark;
	bool has_base;
	uint64_t base; /* where .stapsdt.base is now */
	sdt_marks *out;
};

/* The value of a symbol of a table, relative to the mark. */
static bool find_in(struct reading *rd, uint32_t type, const char *name,
		    size_t len, int64_t *value)
{
	struct elf_part p;
	size_t i, n;

	if (!elffile_part_of_type(rd->file, type, &p) || !p.data ||
	    !p.header.sh_entsize)
		return false;
	n = p.header.sh_size / p.header.sh_entsize;
	for (i = 0; i < n; i++) {
		const char *s;
		GElf_Sym sym;

		if (!gelf_getsym(p.data, (int)i, &sym))
			return false;
		if (sym.st_shndx == SHN_UNDEF)
			continue;
		s = elf_strptr(rd->file->elf, p.header.sh_link, sym.st_name);
		if (!s || strncmp(s, name, len) || s[len])
			continue;
		*value = (int64_t)(sym.st_value - rd->mark->address);
		return true;
	}
	return false;
}

static bool find_symbol(void *ctx, const char *name, size_t len, int64_t *value)
{
	return find_in(ctx, SHT_SYMTAB, name, len, value) ||
	       find_in(ctx, SHT_DYNSYM, name, len, value);
}

static void read_args(struct reading *rd, struct sdt_mark *m, const char *text)
{
	struct sdt_symbols symbols = { find_symbol, rd };

	rd->mark = m;
	while (m->n_args < SDT_MAX_ARGS) {
		size_t len;

		text += strspn(text, " ");
		len = strcspn(text, " ");
		/* aarch64 writes "[x0, 8]". */
		if (memchr(text, '[', len) && !memchr(text, ']', len))
			len += strcspn(text + len, "]") +
			       (strchr(text + len, ']') != NULL);
		if (!len)
			return;
		sdt_parse_arg(rd->arena, rd->file->header.e_machine, text, len,
			      &symbols, &m->args[m->n_args++]);
		text += len;
	}
}

/* The string at *at, which ends inside the bytes; NULL if it does not. */
static const char *next_string(const char *bytes, size_t size, size_t *at)
{
	const char *s = bytes + *at;
	const char *end = *at < size ? memchr(s, '\0', size - *at) : NULL;

	if (!end)
		return NULL;
	*at = (size_t)(end - bytes) + 1;
	return s;
}

static uint64_t get_word(const char *bytes, size_t n, size_t width)
{
	uint32_t low;
	uint64_t word;

	if (width == 4) {
		memcpy(&low, bytes + n * width, 4);
		return low;
	}
	memcpy(&word, bytes + n * width, 8);
	return word;
}

static void read_note(struct reading *rd, const char *bytes, size_t size)
{
	const struct elffile *f = rd->file;
	size_t width = f->header.e_ident[EI_CLASS] == ELFCLASS32 ? 4 : 8;
	size_t at = 3 * width;
	const char *provider, *name, *args;
	uint64_t moved = 0, semaphore;
	struct sdt_mark m = { 0 };

	if (size < at)
		return;
	provider = next_string(bytes, size, &at);
	name = provider ? next_string(bytes, size, &at) : NULL;
	args = name ? next_string(bytes, size, &at) : NULL;
	if (!args || !*provider || !*name)
		return;
	if (rd->has_base)
		moved = rd->base - get_word(bytes, 1, width);
	m.address = get_word(bytes, 0, width) + moved;
	semaphore = get_word(bytes, 2, width);
	if (!elffile_offset(f, m.address, true, &m.offset))
		return;
	/* A semaphore that is nowhere in the file cannot be counted up. */
	if (semaphore &&
	    !elffile_offset(f, semaphore + moved, false, &m.semaphore))
		return;
	m.provider = arena_strdup(rd->arena, provider);
	m.name = arena_strdup(rd->arena, name);
	read_args(rd, &m, args);
	vec_push(rd->arena, rd->out, m);
}

void sdt_read(struct arena *a, const struct elffile *f, sdt_marks *out)
{
	struct reading rd = { .arena = a, .file = f, .out = out };
	size_t at = 0, name, desc;
	struct elf_part p, base;
	GElf_Nhdr note;

	/* Only the byte order of this machine runs here. */
	if (!elffile_part(f, ".note.stapsdt", &p) || !p.data ||
	    f->header.e_ident[EI_DATA] !=
		    (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB
							       : ELFDATA2MSB))
		return;
	rd.has_base = elffile_part(f, ".stapsdt.base", &base);
	if (rd.has_base)
		rd.base = base.header.sh_addr;
	while (out->len < MAX_MARKS &&
	       (at = gelf_getnote(p.data, at, &note, &name, &desc)) > 0) {
		const char *bytes = p.data->d_buf;

		if (note.n_type == NOTE_TYPE && note.n_namesz == 8 &&
		    !memcmp(bytes + name, "stapsdt", 8))
			read_note(&rd, bytes + desc, note.n_descsz);
	}
}
