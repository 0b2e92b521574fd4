/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/maps.h"

#include "proto/session.h"
#include "run/bpfsys.h"

#include <errno.h>
#include <stdlib.h>

/* Entries asked for at once; doubled when a bucket is larger. */
#define BATCH_FIRST 256u
#define BATCH_MOST (1u << 20)

typedef int (*entry_fn)(void *arg, const void *key, const void *value);

static int map_get(void *ctx, const void *key, void *value)
{
	struct shared_map *m = ctx;

	return bpfsys_lookup(m->fd, key, value);
}

static int map_set(void *ctx, const void *key, const void *value)
{
	struct shared_map *m = ctx;

	return bpfsys_update(m->fd, key, value);
}

static int map_add(void *ctx, const void *key, int64_t by)
{
	struct shared_map *m = ctx;
	struct map_value *v = (struct map_value *)(void *)m->value;
	int rc = bpfsys_lookup(m->fd, key, v);

	if (rc)
		return rc; /* -ENOENT: the executor inserts it */
	v->num = (int64_t)((uint64_t)v->num + (uint64_t)by);
	return bpfsys_update(m->fd, key, v);
}

static int map_del(void *ctx, const void *key)
{
	struct shared_map *m = ctx;

	return bpfsys_delete(m->fd, key);
}

static int map_clear(void *ctx)
{
	struct shared_map *m = ctx;
	char *key = malloc(m->key_size);
	int rc;

	if (!key)
		return -ENOMEM;
	/* Always ask for the first key: what is deleted cannot lead on. */
	while (!(rc = bpfsys_next_key(m->fd, NULL, key))) {
		rc = bpfsys_delete(m->fd, key);
		if (rc && rc != -ENOENT)
			break;
	}
	free(key);
	return rc == -ENOENT ? 0 : rc;
}

/* Room for one batch. */
struct batch {
	uint32_t cap;
	char *keys, *values;
	uint64_t at[2]; /* where it stands: before and after */
};

static int batch_alloc(struct batch *b, const struct shared_map *m,
		       uint32_t cap)
{
	free(b->keys);
	free(b->values);
	b->cap = cap;
	b->keys = calloc(cap, m->key_size);
	b->values = calloc(cap, m->value_size);
	return b->keys && b->values ? 0 : -ENOMEM;
}

/* Visit all entries with the batch call. *visited tells whether cb was called,
 * so that the caller may still choose the other way. */
static int each_batch(struct shared_map *m, struct batch *b, entry_fn cb,
		      void *arg, bool *visited)
{
	bool first = true;
	int rc = batch_alloc(b, m, BATCH_FIRST);

	while (!rc) {
		uint32_t n = b->cap, i;

		rc = bpfsys_lookup_batch(m->fd, first ? NULL : &b->at[0],
					 &b->at[1], b->keys, b->values, &n);
		if (rc == -ENOSPC && b->cap < BATCH_MOST) {
			rc = batch_alloc(b, m, b->cap * 2);
			continue;
		}
		if (rc && rc != -ENOENT)
			break;
		for (i = 0; i < n && i < b->cap; i++) {
			*visited = true;
			if (cb(arg, b->keys + (size_t)i * m->key_size,
			       b->values + (size_t)i * m->value_size))
				return 0;
		}
		first = false;
		b->at[0] = b->at[1];
	}
	return rc == -ENOENT ? 0 : rc;
}

/* The same, one system call or two for each entry. An entry deleted meanwhile
 * makes the kernel start again; insertion numbers let the caller tell. */
static int each_single(struct shared_map *m, entry_fn cb, void *arg)
{
	char *keys = calloc(2, m->key_size);
	char *key = keys, *next = keys ? keys + m->key_size : NULL;
	int rc = keys ? bpfsys_next_key(m->fd, NULL, next) : -ENOMEM;

	while (!rc) {
		char *t = key;

		key = next;
		next = t;
		rc = bpfsys_lookup(m->fd, key, m->value);
		if (!rc && cb(arg, key, m->value))
			break;
		if (rc && rc != -ENOENT)
			break;
		rc = bpfsys_next_key(m->fd, key, next);
	}
	free(keys);
	return rc == -ENOENT ? 0 : rc;
}

static int map_each(void *ctx, entry_fn cb, void *arg)
{
	struct shared_map *m = ctx;
	struct batch b = { 0 };
	bool visited = false;
	int rc;

	if (m->no_batch)
		return each_single(m, cb, arg);
	rc = each_batch(m, &b, cb, arg, &visited);
	free(b.keys);
	free(b.values);
	/* ENOTSUPP (524) is the kernel's own and has no name here. */
	if ((rc == -EINVAL || rc == -EOPNOTSUPP || rc == -524) && !visited) {
		m->no_batch = true;
		rc = each_single(m, cb, arg);
	}
	return rc;
}

const struct vm_map_ops shared_map_ops = {
	.get = map_get,
	.set = map_set,
	.add = map_add,
	.del = map_del,
	.clear = map_clear,
	.each = map_each,
};
