/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds sections in an ELF image in memory (64 bits, little-endian).
 *
 * Just enough for stapio and staprun to reach Spile's own data in a .bo without
 * an ELF library. The image is untrusted: every offset is checked against its
 * size, and nothing need be aligned.
 */
#ifndef SPILE_PROTO_ELFSEC_H
#define SPILE_PROTO_ELFSEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct elfsec {
	const unsigned char *data; /* inside the image */
	size_t size;
};

/* Whether the image starts as a relocatable BPF object does. */
bool elfsec_is_bpf(const void *image, size_t size);

/* The first section of that name. 0; -ENOEXEC: not such an ELF file; -EINVAL:
 * its tables are broken; -ENOENT: no such section. Sections without bytes in
 * the file (SHT_NOBITS) count as absent. */
int elfsec_find(const void *image, size_t size, const char *name,
		struct elfsec *out);

#endif
