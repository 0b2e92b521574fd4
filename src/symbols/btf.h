/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Read-only look at BTF, the kernel's own type information, from its bytes
 * (Documentation/bpf/btf.rst of the kernel). The bytes are not trusted.
 */
#ifndef SPILE_SYMBOLS_BTF_H
#define SPILE_SYMBOLS_BTF_H

#include <stddef.h>
#include <stdint.h>

struct btf_view {
	const unsigned char *types;
	size_t types_len;
	const char *strings;  /* the last byte is NUL */
	size_t strings_len;
};

/* Find the sections. The view borrows the bytes. -EINVAL if they are no BTF of
 * this machine's byte order. */
int btf_open(const void *bytes, size_t len, struct btf_view *out);

/* Call fn with the name of each typedef that starts with prefix, in order of
 * type number. -EINVAL if the types are broken: fn has seen those before. */
int btf_each_typedef(const struct btf_view *v, const char *prefix,
		     void (*fn)(void *ctx, const char *name), void *ctx);

/* Call fn with the offset of each type's head, in order of type number.
 * -EINVAL if the types are broken: fn has seen those before. A type that passes
 * has all its parts inside of v->types; names may be out of range. */
int btf_each_type(const struct btf_view *v,
		  void (*fn)(void *ctx, size_t offset), void *ctx);

#endif
