/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Offsets of members that can be looked up on another kernel. */
#ifndef SPILE_IR_IR_OFFSET_H
#define SPILE_IR_IR_OFFSET_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The immediate of OFFSET: a string constant "BYTES TAG ROOT.MEMBER:KIND…", an a before
 * KIND for each dimension of an array. BYTES
 * is the offset on the kernel the program was made for. The rest names the
 * member, so that an executor can ask another kernel's BTF for it: TAG is
 * struct, union or typedef; each further member lies in the one before.
 */
#define IR_OFFSET_MEMBERS 8
struct ir_offset {
	int64_t bytes;
	char tag;            /* s, u or t */
	char root[128];
	uint32_t n;          /* members, at least one */
	struct {
		char name[128];
		uint8_t arrays; /* so many dimensions of */
		char kind;   /* i integer, e enum, f float, p pointer,
			      * s struct, u union */
	} member[IR_OFFSET_MEMBERS];
};
/* Take the text apart; false if it is none. */
bool ir_offset_parse(const char *text, struct ir_offset *out);

#endif
