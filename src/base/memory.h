/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a piece of memory is read or written: its width, whether it is signed,
 * and whose memory it is. A number of 0 … MEM_END - 1.
 */
#ifndef SPILE_BASE_MEMORY_H
#define SPILE_BASE_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

enum mem_access {
	MEM_8 = 0, /* the width: its logarithm in bytes */
	MEM_16 = 1,
	MEM_32 = 2,
	MEM_64 = 3,
	MEM_SIGNED = 4,
	MEM_USER = 8, /* of the current task; else the kernel's */
};
#define MEM_END 16

/* Bytes of an access: 1, 2, 4 or 8. */
static inline unsigned mem_bytes(unsigned access)
{
	return 1u << (access & 3);
}

/* The access for so many bytes, without flags; -1 unless 1, 2, 4 or 8. */
static inline int mem_of_bytes(uint64_t bytes)
{
	switch (bytes) {
	case 1:
		return MEM_8;
	case 2:
		return MEM_16;
	case 4:
		return MEM_32;
	case 8:
		return MEM_64;
	}
	return -1;
}

/* A number as it is read by this access: its low bytes, extended. */
static inline int64_t mem_extend(unsigned access, uint64_t value)
{
	unsigned shift = 64 - 8 * mem_bytes(access);

	value <<= shift;
	if (access & MEM_SIGNED)
		return (int64_t)value >> shift;
	return (int64_t)(value >> shift);
}

#endif
