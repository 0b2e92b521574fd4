/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symbols/elffile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* More are no program of this world. */
#define MAX_LOADS 4096u

static void read_loads(struct arena *a, struct elffile *f)
{
	size_t n, i;
	GElf_Phdr ph;
	bool first = true;

	if (elf_getphdrnum(f->elf, &n))
		return;
	for (i = 0; i < n && i < MAX_LOADS; i++) {
		if (!gelf_getphdr(f->elf, (int)i, &ph))
			break;
		if (ph.p_type != PT_LOAD)
			continue;
		if (first || ph.p_vaddr < f->base)
			f->base = ph.p_vaddr;
		first = false;
		vec_push(a, &f->loads,
			 (struct elf_load){ ph.p_vaddr, ph.p_memsz, ph.p_offset,
					    ph.p_filesz,
					    (ph.p_flags & PF_X) != 0 });
	}
}

/* Notes of one section; the first build id counts. */
static void read_id(struct arena *a, struct elffile *f,
		    const struct elf_part *part)
{
	size_t at = 0, name, desc;
	GElf_Nhdr note;

	while (part->data &&
	       (at = gelf_getnote(part->data, at, &note, &name, &desc)) > 0) {
		const char *bytes = part->data->d_buf;

		if (note.n_type != NT_GNU_BUILD_ID || note.n_namesz != 4 ||
		    memcmp(bytes + name, "GNU", 4) || !note.n_descsz ||
		    note.n_descsz > 64)
			continue;
		f->id = (const unsigned char *)arena_strndup(a, bytes + desc,
							     note.n_descsz);
		f->id_len = note.n_descsz;
		return;
	}
}

static bool get_part(const struct elffile *f, Elf_Scn *scn,
		     struct elf_part *out)
{
	*out = (struct elf_part){ .scn = scn };
	if (!gelf_getshdr(scn, &out->header))
		return false;
	if (out->header.sh_type != SHT_NOBITS)
		out->data = elf_getdata(scn, NULL);
	if (out->data && !out->data->d_buf)
		out->data = NULL;
	(void)f;
	return true;
}

bool elffile_part(const struct elffile *f, const char *name,
		  struct elf_part *out)
{
	Elf_Scn *scn = NULL;
	size_t names;

	if (elf_getshdrstrndx(f->elf, &names))
		return false;
	while ((scn = elf_nextscn(f->elf, scn)) != NULL) {
		const char *s;
		GElf_Shdr sh;

		if (!gelf_getshdr(scn, &sh))
			continue;
		s = elf_strptr(f->elf, names, sh.sh_name);
		if (s && !strcmp(s, name))
			return get_part(f, scn, out);
	}
	return false;
}

bool elffile_part_of_type(const struct elffile *f, uint32_t type,
			  struct elf_part *out)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;

	while ((scn = elf_nextscn(f->elf, scn)) != NULL)
		if (gelf_getshdr(scn, &sh) && sh.sh_type == type)
			return get_part(f, scn, out);
	return false;
}

static int open_file(struct arena *a, const char *path, bool any,
		     struct elffile *f, struct strbuf *err)
{
	struct elf_part part;
	int rc;

	*f = (struct elffile){ .path = path };
	elf_version(EV_CURRENT);
	f->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (f->fd < 0) {
		rc = -errno;
		strbuf_addf(err, "cannot open '%s': %s", path, strerror(-rc));
		return rc;
	}
	f->elf = elf_begin(f->fd, ELF_C_READ, NULL);
	if (!f->elf || !gelf_getehdr(f->elf, &f->header) ||
	    (!any && f->header.e_type != ET_EXEC &&
	     f->header.e_type != ET_DYN)) {
		strbuf_addf(err, "'%s' is no ELF program or library", path);
		elffile_close(f);
		return -ENOEXEC;
	}
	read_loads(a, f);
	if (elffile_part(f, ".note.gnu.build-id", &part))
		read_id(a, f, &part);
	return 0;
}

int elffile_open(struct arena *a, const char *path, struct elffile *f,
		 struct strbuf *err)
{
	return open_file(a, path, false, f, err);
}

int elffile_open_any(struct arena *a, const char *path, struct elffile *f,
		     struct strbuf *err)
{
	return open_file(a, path, true, f, err);
}

void elffile_close(struct elffile *f)
{
	if (f->elf)
		elf_end(f->elf);
	if (f->fd >= 0)
		close(f->fd);
	f->elf = NULL;
	f->fd = -1;
}

bool elffile_offset(const struct elffile *f, uint64_t address, bool code,
		    uint64_t *offset)
{
	const struct elf_load *l;

	vec_foreach(l, &f->loads) {
		if ((code && !l->code) || address < l->address ||
		    address - l->address >= l->bytes)
			continue;
		*offset = address - l->address + l->offset;
		return true;
	}
	return false;
}

bool elffile_address(const struct elffile *f, uint64_t offset,
		     uint64_t *address)
{
	const struct elf_load *l;

	vec_foreach(l, &f->loads) {
		if (offset < l->offset || offset - l->offset >= l->bytes)
			continue;
		*address = offset - l->offset + l->address;
		return true;
	}
	return false;
}
