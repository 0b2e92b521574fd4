/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What AST_CONTEXT asks of a probe's context, in its op. */
#ifndef SPILE_LANG_AST_CONTEXT_H
#define SPILE_LANG_AST_CONTEXT_H

enum ast_context {
	CONTEXT_ARG,      /* raw argument num */
	CONTEXT_RETVAL,
	CONTEXT_REGISTER, /* num by DWARF */
	CONTEXT_OFFSET,   /* str: see ir/ir_offset.h */
	CONTEXT_READ,     /* memory at a; num: enum mem_access */
	CONTEXT_PEEK,     /* the same, 0 if it cannot be read */
	CONTEXT_READABLE, /* whether it can be read */
};

#endif
