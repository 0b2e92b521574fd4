/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/ring.h"

#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int map_failed(struct ring *r, struct strbuf *err)
{
	int rc = -errno;

	ring_close(r);
	strbuf_addf(err, "cannot map the ring buffer: %s", strerror(-rc));
	return rc;
}

int ring_open(struct ring *r, int fd, uint64_t size, struct strbuf *err)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *p;

	*r = (struct ring){ .size = size };
	if (size < page || (size & (size - 1)) || size > 1ull << 40) {
		strbuf_addstr(err, "the ring buffer has an impossible size");
		return -EINVAL;
	}
	p = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		return map_failed(r, err);
	r->consumer_map = p;
	r->consumer_len = page;
	p = mmap(NULL, page + 2 * size, PROT_READ, MAP_SHARED, fd,
		 (off_t)page);
	if (p == MAP_FAILED)
		return map_failed(r, err);
	r->producer_map = p;
	r->producer_len = page + 2 * size;
	r->consumer = r->consumer_map;
	r->producer = r->producer_map;
	r->data = (const unsigned char *)r->producer_map + page;
	return 0;
}

void ring_close(struct ring *r)
{
	if (r->consumer_map)
		munmap(r->consumer_map, r->consumer_len);
	if (r->producer_map)
		munmap(r->producer_map, r->producer_len);
	*r = (struct ring){ 0 };
}

uint64_t ring_drain(struct ring *r, ring_record_fn fn, void *ctx)
{
	uint64_t start = __atomic_load_n(r->consumer, __ATOMIC_RELAXED);
	uint64_t at = start, stop = start + r->size;

	while (at < stop && at < __atomic_load_n(r->producer,
						 __ATOMIC_ACQUIRE)) {
		const unsigned char *rec = r->data + (at & (r->size - 1));
		uint32_t head = __atomic_load_n(
			(const uint32_t *)(const void *)rec, __ATOMIC_ACQUIRE);
		uint32_t len = head & ~(BPF_RINGBUF_BUSY_BIT |
					BPF_RINGBUF_DISCARD_BIT);

		/* Still being written: the kernel will wake us again. */
		if ((head & BPF_RINGBUF_BUSY_BIT) ||
		    len > r->size - BPF_RINGBUF_HDR_SZ)
			break;
		if (!(head & BPF_RINGBUF_DISCARD_BIT))
			fn(ctx, rec + BPF_RINGBUF_HDR_SZ, len);
		at += (len + BPF_RINGBUF_HDR_SZ + 7) & ~7ull;
		/* At once: it makes room, and the kernel compares it with its
		 * own position to decide whether we need to be woken. */
		__atomic_store_n(r->consumer, at, __ATOMIC_RELEASE);
	}
	return at - start;
}
