/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text on its way to user space: a ring for each CPU, and the file "trace0",
 * whose reader gets all of them merged, in frames of src/proto/control.h.
 *
 * Order: each text takes the next number of one counter once it has its room,
 * so all texts up to the counter's value are in the rings for who reads it
 * first; the reader then always takes the lowest number. A text that is not
 * committed yet holds back those behind it, for the time of a memcpy().
 *
 * While nobody has the file open, new text pushes out the oldest, which nobody
 * counts; otherwise text that finds no room is dropped and counted.
 *
 * Frames are made when they are read: they have no gaps in their sequence, hold
 * many short texts at once, and are of the dialect that the reader speaks now.
 */
#include "transport_internal.h"

#include "ring.h"

#include "proto/control.h"

#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/proc_fs.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/topology.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <linux/wait.h>

/* Of each CPU, if nobody says; less where there are many. */
#define OUT_DEFAULT_BYTES (4ul << 20)
#define OUT_LEAST_BYTES   (1ul << 20)
#define OUT_TOTAL_BYTES   (64ul << 20)
#define OUT_MAX_MIB       4095u
#define FRAME_PAYLOAD     65536u
#define FRAME_HEADER      ((u32)sizeof(struct trace_header_new))

/* Part of a ring that may have to hold, and a text. */
static_assert(SP_OUT_MAX * 4 <= OUT_LEAST_BYTES);
static_assert(FRAME_PAYLOAD <= TRACE_MAX_PAYLOAD && SP_OUT_MAX <= FRAME_PAYLOAD);

static struct {
	struct sp_ring *rings;     /* n of them */
	unsigned int n;
	struct sp_ring **of_cpu;   /* by CPU; several may share one */
	atomic64_t sequence;       /* of the last text */
	atomic64_t lost;
	bool overwrite;            /* nobody reads */
	/* the reader */
	struct mutex reading;
	atomic_t is_open;
	bool is_new;               /* has read nothing yet */
	u8 *frame;                 /* header, payload from FRAME_HEADER on */
	u32 frame_at, frame_end;   /* what of it is still to be read */
	u32 frames;                /* made so far */
	wait_queue_head_t wait, wait_empty;
	int waiting;               /* the reader is to be woken */
} out;

/* --- writing --- */

/* Drop the oldest texts of a ring until there is room. If somebody else is at
 * it, or has an unfinished text there, there is none. */
static struct sp_record *overwrite_oldest(struct sp_ring *r, u32 len)
{
	struct sp_record *rec = NULL, *old;

	if (!sp_ring_hold(r))
		return NULL;
	while (!rec) {
		old = sp_ring_peek(r);
		if (!old || !old->state)
			break;
		sp_ring_drop(r, old);
		rec = sp_ring_reserve(r, len, 0);
	}
	sp_ring_let_go(r);
	return rec;
}

void *sp_out_reserve(size_t len)
{
	struct sp_record *rec;
	struct sp_ring *r;

	if (!len || len > SP_OUT_MAX)
		return NULL;
	preempt_disable_notrace();
	r = out.of_cpu[raw_smp_processor_id()];
	rec = sp_ring_reserve(r, (u32)len, 0);
	if (!rec && READ_ONCE(out.overwrite))
		rec = overwrite_oldest(r, (u32)len);
	if (!rec) {
		atomic64_inc(&out.lost);
		preempt_enable_notrace();
		return NULL;
	}
	WRITE_ONCE(rec->sequence, (u64)atomic64_inc_return(&out.sequence));
	return rec->payload;
}

void sp_out_commit(void *room, size_t len)
{
	sp_ring_commit(container_of(room, struct sp_record, payload[0]),
		       (u32)len);
	/* Pairs with expect_wake(): either it sees this text or we see that it
	 * waits. */
	smp_mb();
	if (READ_ONCE(out.waiting) && xchg(&out.waiting, 0))
		sp_transport_kick();
	preempt_enable_notrace();
}

void sp_out_write(const char *text, size_t len)
{
	while (len) {
		size_t n = min_t(size_t, len, SP_OUT_MAX);
		char *room = sp_out_reserve(n);

		if (room) {
			memcpy(room, text, n);
			sp_out_commit(room, n);
		}
		text += n;
		len -= n;
	}
}

u64 sp_out_lost(void)
{
	return (u64)atomic64_read(&out.lost);
}

unsigned long sp_out_kib(void)
{
	return out.rings[0].size >> 10;
}

/* --- reading --- */

void sp_out_wake(void)
{
	wake_up_interruptible(&out.wait);
}

static void hold_all(void)
{
	unsigned int i;

	/* A writer that overwrites holds one for some microseconds. */
	for (i = 0; i < out.n; i++)
		while (!sp_ring_hold(&out.rings[i]))
			cpu_relax();
}

static void let_go_all(void)
{
	unsigned int i;

	for (i = 0; i < out.n; i++)
		sp_ring_let_go(&out.rings[i]);
}

/* The text with the lowest number up to limit, if it and all before it are
 * committed; its ring in *from. */
static struct sp_record *find_next(u64 limit, struct sp_ring **from)
{
	struct sp_record *best = NULL;
	unsigned int i;

	for (i = 0; i < out.n; i++) {
		struct sp_record *rec = sp_ring_peek(&out.rings[i]);

		if (!rec)
			continue;
		if (!rec->state)
			return NULL;
		if (rec->sequence <= limit &&
		    (!best || rec->sequence < best->sequence)) {
			best = rec;
			*from = &out.rings[i];
		}
	}
	return best;
}

/* Move texts into the frame, behind the place of its header. Returns how many
 * bytes there are. */
static u32 gather(u8 *payload)
{
	struct sp_ring *from = NULL;
	struct sp_record *rec;
	u64 limit = 0, now;
	u32 len = 0, n;

	hold_all();
	for (;;) {
		rec = find_next(limit, &from);
		if (!rec) {
			now = (u64)atomic64_read(&out.sequence);
			if (now == limit)
				break;
			limit = now;
			/* Texts with these numbers are in their rings. */
			smp_rmb();
			continue;
		}
		n = rec->state & SP_RECORD_LEN;
		if (n > FRAME_PAYLOAD - len)
			break;
		memcpy(payload + len, rec->payload, n);
		len += n;
		sp_ring_drop(from, rec);
	}
	let_go_all();
	return len;
}

/* Put a header in front of len bytes of payload at an offset of the frame. */
static void put_header(u32 at, u32 len)
{
	struct trace_header_new h = { .sequence = ++out.frames, .len = len };
	struct trace_header_old o = { .sequence = out.frames, .len = len };

	out.frame_end = at + len;
	if (sp_control_is_old()) {
		out.frame_at = at - (u32)sizeof(o);
		memcpy(out.frame + out.frame_at, &o, sizeof(o));
	} else {
		memcpy(&h.magic, TRACE_MAGIC_BYTES, sizeof(h.magic));
		out.frame_at = at - (u32)sizeof(h);
		memcpy(out.frame + out.frame_at, &h, sizeof(h));
	}
}

/* Fill the frame, which is empty, with what there is. */
static void make_frame(void)
{
	u32 len = gather(out.frame + FRAME_HEADER);

	if (len)
		put_header(FRAME_HEADER, len);
}

/* What the last reader left of a frame is the new one's first. */
static void begin_reading(void)
{
	u32 at = max(out.frame_at, FRAME_HEADER);

	out.is_new = false;
	if (out.frame_at != out.frame_end)
		put_header(at, out.frame_end - at);
}

static bool has_text(void)
{
	unsigned int i;

	if (READ_ONCE(out.frame_at) != READ_ONCE(out.frame_end))
		return true;
	for (i = 0; i < out.n; i++)
		if (!sp_ring_is_empty(&out.rings[i]))
			return true;
	return false;
}

/* From here on the next text wakes; look for texts afterwards. */
static void expect_wake(void)
{
	WRITE_ONCE(out.waiting, 1);
	smp_mb();
}

/* Copy as much as there is and fits. */
static ssize_t read_frames(char __user *to, size_t count)
{
	size_t done = 0, n;

	if (out.is_new)
		begin_reading();
	while (done < count) {
		if (out.frame_at == out.frame_end)
			make_frame();
		n = min_t(size_t, count - done, out.frame_end - out.frame_at);
		if (!n)
			break;
		if (copy_to_user(to + done, out.frame + out.frame_at, n))
			return done ? (ssize_t)done : -EFAULT;
		out.frame_at += (u32)n;
		done += n;
		cond_resched();
	}
	if (!has_text())
		wake_up(&out.wait_empty);
	return (ssize_t)done;
}

static bool must_not_wait(void)
{
	expect_wake();
	return has_text() || sp_control_has_ended();
}

static ssize_t trace_read(struct file *file, char __user *to, size_t count,
			  loff_t *position)
{
	ssize_t n;
	int rc;

	for (;;) {
		rc = mutex_lock_interruptible(&out.reading);
		if (rc)
			return rc;
		n = read_frames(to, count);
		mutex_unlock(&out.reading);
		if (n || !count || (sp_control_has_ended() && !has_text()))
			return n;
		if (file->f_flags & O_NONBLOCK)
			return sp_control_is_old() ? 0 : -ENODATA;
		rc = wait_event_interruptible(out.wait, must_not_wait());
		if (rc)
			return rc;
	}
}

static __poll_t trace_poll(struct file *file, poll_table *table)
{
	poll_wait(file, &out.wait, table);
	return must_not_wait() && has_text() ? EPOLLIN | EPOLLRDNORM : 0;
}

static int trace_open(struct inode *inode, struct file *file)
{
	if (atomic_cmpxchg(&out.is_open, 0, 1))
		return -EBUSY;
	if (!try_module_get(THIS_MODULE)) {
		atomic_set(&out.is_open, 0);
		return -ENOENT;
	}
	out.is_new = true;
	WRITE_ONCE(out.overwrite, false);
	return 0;
}

static int trace_release(struct inode *inode, struct file *file)
{
	WRITE_ONCE(out.overwrite, true);
	atomic_set(&out.is_open, 0);
	/* Module exit waits in proc_remove() until we have returned. */
	module_put(THIS_MODULE);
	return 0;
}

static const struct proc_ops trace_ops = {
	.proc_open = trace_open,
	.proc_read = trace_read,
	.proc_poll = trace_poll,
	.proc_release = trace_release,
	.proc_lseek = noop_llseek,
};

/* --- life --- */

void sp_out_wait_read(unsigned int timeout_ms)
{
	wait_event_timeout(out.wait_empty, !has_text(),
			   msecs_to_jiffies(timeout_ms));
}

void sp_out_end(void)
{
	wake_up_interruptible_all(&out.wait);
}

int sp_out_make_file(struct proc_dir_entry *dir)
{
	struct proc_dir_entry *file = proc_create("trace0", 0400, dir,
						  &trace_ops);

	if (!file)
		return -ENOMEM;
	proc_set_user(file, current_uid(), current_gid());
	return 0;
}

/* Rings for the CPUs that are on line; a CPU that comes later shares. */
static int make_rings(unsigned long size)
{
	unsigned int cpu;
	int rc;

	out.rings = kcalloc(num_online_cpus(), sizeof(*out.rings), GFP_KERNEL);
	out.of_cpu = kcalloc(nr_cpu_ids, sizeof(*out.of_cpu), GFP_KERNEL);
	if (!out.rings || !out.of_cpu)
		return -ENOMEM;
	for_each_online_cpu(cpu) {
		rc = sp_ring_init(&out.rings[out.n], size, cpu_to_node(cpu));
		if (rc)
			return rc;
		out.of_cpu[cpu] = &out.rings[out.n++];
	}
	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		if (!out.of_cpu[cpu])
			out.of_cpu[cpu] = &out.rings[cpu % out.n];
	return 0;
}

/* Bytes of one ring. */
static unsigned long ring_size(unsigned int mib)
{
	unsigned long size = OUT_DEFAULT_BYTES;

	if (mib)
		return roundup_pow_of_two((unsigned long)mib << 20);
	while (size > OUT_LEAST_BYTES &&
	       size * num_online_cpus() > OUT_TOTAL_BYTES)
		size /= 2;
	return size;
}

int sp_out_init(unsigned int mib)
{
	unsigned long size = ring_size(mib);
	unsigned long pages = size >> PAGE_SHIFT;
	int rc;

	if (mib > OUT_MAX_MIB)
		return -EINVAL;
	out.overwrite = true;
	mutex_init(&out.reading);
	init_waitqueue_head(&out.wait);
	init_waitqueue_head(&out.wait_empty);
	/* Asking for more than there is would wake the OOM killer. */
	if ((long)(pages * num_online_cpus()) > si_mem_available() / 4 * 3)
		return -ENOMEM;
	cpus_read_lock();
	rc = make_rings(size);
	cpus_read_unlock();
	if (!rc) {
		out.frame = vmalloc(FRAME_HEADER + FRAME_PAYLOAD);
		rc = out.frame ? 0 : -ENOMEM;
	}
	if (rc)
		sp_out_release();
	return rc;
}

void sp_out_release(void)
{
	unsigned int i;

	vfree(out.frame);
	for (i = 0; i < out.n; i++)
		sp_ring_release(&out.rings[i]);
	out.n = 0;
	kfree(out.rings);
	kfree(out.of_cpu);
}
