/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The intrinsics behind those of vm_intrin() in call.c. */
#ifndef SPILE_VM_INTRIN_H
#define SPILE_VM_INTRIN_H

#include "proto/fault.h"
#include "vm/internal.h"

/* Texts; goes on to vm_intrin_task(). False if it raised. */
bool vm_intrin_text(struct vm *vm, uint32_t id, const struct vm_val *args,
		    struct vm_val *result);
/* Time, chance, tasks and the session. */
bool vm_intrin_task(struct vm *vm, uint32_t id, const struct vm_val *args,
		    struct vm_val *result);
/* Memory, and what only kernel handlers have (it is 0). */
bool vm_intrin_memory(struct vm *vm, uint32_t id, const struct vm_val *args,
		      struct vm_val *result);
/* Give back the text in vm->tmp. */
static inline bool vm_tmp_result(struct vm *vm, struct vm_val *result)
{
	result->str = vm->tmp.buf;
	result->len = (uint32_t)vm->tmp.len;
	return true;
}

#endif
