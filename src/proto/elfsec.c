/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "proto/elfsec.h"

#include <elf.h>
#include <errno.h>
#include <string.h>

/* Copy the file header out of the image; false if this is another format. */
static bool read_header(const void *image, size_t size, Elf64_Ehdr *eh)
{
	if (size < sizeof(*eh))
		return false;
	memcpy(eh, image, sizeof(*eh));
	return !memcmp(eh->e_ident, ELFMAG, SELFMAG) &&
	       eh->e_ident[EI_CLASS] == ELFCLASS64 &&
	       eh->e_ident[EI_DATA] == ELFDATA2LSB;
}

bool elfsec_is_bpf(const void *image, size_t size)
{
	Elf64_Ehdr eh;

	return read_header(image, size, &eh) && eh.e_type == ET_REL &&
	       eh.e_machine == EM_BPF;
}

/* Bytes of one section, checked against the image. */
static int section_bytes(const unsigned char *image, size_t size,
			 const Elf64_Shdr *sh, struct elfsec *out)
{
	if (sh->sh_offset > size || sh->sh_size > size - sh->sh_offset)
		return -EINVAL;
	out->data = image + sh->sh_offset;
	out->size = sh->sh_size;
	return 0;
}

/* Whether the name at offset in the string section equals name. */
static bool name_is(const struct elfsec *names, uint32_t offset,
		    const char *name)
{
	size_t len = strlen(name) + 1;

	return offset <= names->size && len <= names->size - offset &&
	       !memcmp(names->data + offset, name, len);
}

int elfsec_find(const void *image, size_t size, const char *name,
		struct elfsec *out)
{
	const unsigned char *bytes = image;
	struct elfsec names;
	Elf64_Ehdr eh;
	Elf64_Shdr sh;
	size_t i;
	int rc;

	if (!read_header(image, size, &eh))
		return -ENOEXEC;
	if (eh.e_shentsize != sizeof(sh) || eh.e_shoff > size ||
	    eh.e_shnum > (size - eh.e_shoff) / sizeof(sh) ||
	    eh.e_shstrndx >= eh.e_shnum)
		return -EINVAL;
	bytes += eh.e_shoff;
	memcpy(&sh, bytes + eh.e_shstrndx * sizeof(sh), sizeof(sh));
	rc = section_bytes(image, size, &sh, &names);
	if (rc)
		return rc;
	for (i = 0; i < eh.e_shnum; i++) {
		memcpy(&sh, bytes + i * sizeof(sh), sizeof(sh));
		if (sh.sh_type == SHT_NULL || sh.sh_type == SHT_NOBITS ||
		    !name_is(&names, sh.sh_name, name))
			continue;
		return section_bytes(image, size, &sh, out);
	}
	return -ENOENT;
}
