/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ring.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#define RECORD_ALIGN 8u

int sp_ring_init(struct sp_ring *r, unsigned long size, int node)
{
	*r = (struct sp_ring){ .size = size };
	r->data = vzalloc_node(size, node);
	return r->data ? 0 : -ENOMEM;
}

void sp_ring_release(struct sp_ring *r)
{
	vfree(r->data);
	r->data = NULL;
}

static struct sp_record *record_at(struct sp_ring *r, unsigned long position)
{
	return (struct sp_record *)(r->data + (position & (r->size - 1)));
}

struct sp_record *sp_ring_reserve(struct sp_ring *r, u32 len, u32 spare)
{
	unsigned long size = ALIGN(sizeof(struct sp_record) + len,
				   RECORD_ALIGN);
	unsigned long head = READ_ONCE(r->head), rest, pad, old;
	struct sp_record *rec;

	for (;;) {
		rest = r->size - (head & (r->size - 1));
		pad = rest < size ? rest : 0;
		/* Pairs with sp_ring_drop(): what is behind tail is zero. If
		 * head is out of date, tail may be past it. */
		if ((long)(head + pad + size + spare -
			   smp_load_acquire(&r->tail)) > (long)r->size)
			return NULL;
		old = cmpxchg(&r->head, head, head + pad + size);
		if (old == head)
			break;
		head = old;
	}
	if (pad) {
		rec = record_at(r, head);
		rec->size = (u32)pad;
		smp_store_release(&rec->state, SP_RECORD_SKIP);
	}
	rec = record_at(r, head + pad);
	rec->size = (u32)size;
	return rec;
}

void sp_ring_commit(struct sp_record *rec, u32 len)
{
	smp_store_release(&rec->state,
			  len ? SP_RECORD_READY | len : SP_RECORD_SKIP);
}

bool sp_ring_hold(struct sp_ring *r)
{
	return !atomic_cmpxchg_acquire(&r->held, 0, 1);
}

void sp_ring_let_go(struct sp_ring *r)
{
	atomic_set_release(&r->held, 0);
}

struct sp_record *sp_ring_peek(struct sp_ring *r)
{
	struct sp_record *rec;

	while (!sp_ring_is_empty(r)) {
		rec = record_at(r, r->tail);
		if (!(smp_load_acquire(&rec->state) & SP_RECORD_SKIP))
			return rec;
		sp_ring_drop(r, rec);
	}
	return NULL;
}

void sp_ring_drop(struct sp_ring *r, struct sp_record *rec)
{
	unsigned long size = rec->size;

	memset(rec, 0, size);
	smp_store_release(&r->tail, r->tail + size);
}

bool sp_ring_is_empty(const struct sp_ring *r)
{
	return READ_ONCE(r->tail) == READ_ONCE(r->head);
}
