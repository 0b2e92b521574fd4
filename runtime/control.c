/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control file ".cmd" and the state of the session (src/proto/control.h).
 *
 *              START           start() returned            EXIT, or unload
 *   UNSTARTED --------> (in write) ---------> STARTED ----------------> ENDED
 *
 * Writes are done one at a time, each to its end: all begin handlers run inside
 * the write of START, all end handlers inside that of EXIT. Messages to user
 * space wait in a ring, from which each read takes one; the numbers in there
 * are those of enum control_number, whatever dialect is spoken.
 *
 * ".cmd" can be open once. Open means attached: closing it leaves the probes
 * running.
 */
#include "transport_internal.h"

#include "ring.h"

#include "proto/control.h"

#include <linux/cred.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/poll.h>
#include <linux/proc_fs.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#define QUEUE_BYTES 65536u
/* Room that only the state machine's own messages may use. */
#define QUEUE_SPARE 1024u

/* A line on standard error, without its newline; longer ones are cut. */
#define LINE_MAX 383u

/* 4.8's stapio throws away what it has not read when it hears of the end. */
#define OLD_DRAIN_MS 200u

enum session_state { UNSTARTED, STARTED, ENDED };

/* What was dropped for lack of room since it was last said. */
enum { LOST_WARNING, LOST_ERROR, LOST_SYSTEM, N_LOST };

static const char *const lost_text[N_LOST] = {
	[LOST_WARNING] = "WARNING: too many pending (warning) messages\n",
	[LOST_ERROR] = "ERROR: too many pending (error) messages\n",
	[LOST_SYSTEM] = "WARNING: too many pending (system) messages\n",
};

static struct {
	const struct sp_transport_ops *ops;
	struct mutex writing, reading;
	atomic_t is_open;
	enum session_state state;
	bool start_ok;
	bool old_dialect;
	struct sp_ring queue;
	unsigned long lost;       /* bit per LOST_* */
	atomic64_t n_lost;
	int exit_asked, exit_told;
	wait_queue_head_t wait;
	/* told by user space */
	pid_t target, stapio;
	u32 privilege;
	struct control_tzinfo zone;
	struct control_remote remote;
	unsigned long stext, kallsyms_lookup_name;
} ctl = { .remote.id = -1 };

/* --- messages to user space --- */

struct message {
	u32 number;
	u8 payload[];
};

/* Room for a message with n bytes of payload, or NULL: then that is noted. */
static struct message *begin_message(enum control_number number, u32 n,
				     int kind)
{
	struct sp_record *rec;
	struct message *m;

	preempt_disable_notrace();
	rec = sp_ring_reserve(&ctl.queue, (u32)sizeof(*m) + n,
			      kind < N_LOST ? QUEUE_SPARE : 0);
	if (!rec) {
		preempt_enable_notrace();
		atomic64_inc(&ctl.n_lost);
		if (kind < N_LOST)
			set_bit(kind, &ctl.lost);
		return NULL;
	}
	m = (struct message *)rec->payload;
	m->number = number;
	return m;
}

static void end_message(struct message *m, size_t n)
{
	sp_ring_commit(container_of((u8 *)m, struct sp_record, payload[0]),
		       (u32)(sizeof(*m) + n));
	preempt_enable_notrace();
	sp_transport_kick();
}

/* A message of the state machine; there is always room for those. */
static void send_state(enum control_number number, const void *payload, u32 n)
{
	struct message *m = begin_message(number, n, N_LOST);

	if (!m)
		return;
	memcpy(m->payload, payload, n);
	end_message(m, n);
}

static __printf(3, 0) void send_line(int kind, const char *tag,
				     const char *format, va_list args)
{
	struct message *m = begin_message(CONTROL_OOB, LINE_MAX + 2, kind);
	char *line;
	size_t n;

	if (!m)
		return;
	line = (char *)m->payload;
	n = (size_t)scnprintf(line, LINE_MAX + 1, "%s", tag);
	n += (size_t)vscnprintf(line + n, LINE_MAX + 1 - n, format, args);
	line[n++] = '\n';
	end_message(m, n);
}

void sp_warn(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	send_line(LOST_WARNING, "WARNING: ", format, args);
	va_end(args);
}

void sp_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	send_line(LOST_ERROR, "ERROR: ", format, args);
	va_end(args);
}

void sp_warn_text(const char *text)
{
	sp_warn("%s", text);
}

void sp_error_text(const char *text)
{
	sp_error("%s", text);
}

void sp_run_command(const char *text, size_t len)
{
	struct message *m;

	if (len >= CONTROL_MAX_FROM) {
		sp_warn("runtime control message type=%d len=%zu too large",
			CONTROL_SYSTEM, len);
		return;
	}
	m = begin_message(CONTROL_SYSTEM, (u32)len + 1, LOST_SYSTEM);
	if (!m)
		return;
	memcpy(m->payload, text, len);
	m->payload[len] = 0;
	end_message(m, len + 1);
}

void sp_request_exit(void)
{
	if (READ_ONCE(ctl.exit_asked) || xchg(&ctl.exit_asked, 1))
		return;
	sp_transport_kick();
}

u64 sp_transport_lost(void)
{
	return sp_out_lost() + (u64)atomic64_read(&ctl.n_lost);
}

/* --- reading --- */

void sp_control_wake(void)
{
	wake_up_interruptible(&ctl.wait);
}

static bool must_tell_exit(void)
{
	return READ_ONCE(ctl.state) == STARTED && ctl.start_ok &&
	       READ_ONCE(ctl.exit_asked) && !READ_ONCE(ctl.exit_told);
}

static bool has_message(void)
{
	return !sp_ring_is_empty(&ctl.queue) || READ_ONCE(ctl.lost) ||
	       must_tell_exit();
}

/* Give one message to the reader: number, payload. Returns what to return. */
static ssize_t give(char __user *to, size_t count, u32 number,
		    const void *payload, size_t n)
{
	number += ctl.old_dialect ? CONTROL_BASE_OLD : CONTROL_BASE_NEW;
	if (count < sizeof(number) + n ||
	    copy_to_user(to, &number, sizeof(number)) ||
	    copy_to_user(to + sizeof(number), payload, n))
		return -EFAULT;
	return (ssize_t)(sizeof(number) + n);
}

/* The next message; 0 if there is none. One that the reader has no room for
 * stays. */
static ssize_t read_message(char __user *to, size_t count)
{
	struct sp_record *rec = sp_ring_peek(&ctl.queue);
	struct message *m;
	unsigned int kind;
	ssize_t n;

	if (rec && rec->state) {
		m = (struct message *)rec->payload;
		n = give(to, count, m->number, m->payload,
			 (rec->state & SP_RECORD_LEN) - sizeof(*m));
		if (n > 0)
			sp_ring_drop(&ctl.queue, rec);
		return n;
	}
	if (rec)
		return 0;
	for (kind = 0; kind < N_LOST; kind++)
		if (test_and_clear_bit(kind, &ctl.lost))
			return give(to, count, CONTROL_OOB, lost_text[kind],
				    strlen(lost_text[kind]));
	if (!must_tell_exit())
		return 0;
	n = give(to, count, CONTROL_REQUEST_EXIT, "", 0);
	WRITE_ONCE(ctl.exit_told, n > 0);
	return n;
}

static ssize_t cmd_read(struct file *file, char __user *to, size_t count,
			loff_t *position)
{
	ssize_t n;
	int rc;

	for (;;) {
		rc = mutex_lock_interruptible(&ctl.reading);
		if (rc)
			return rc;
		n = read_message(to, count);
		mutex_unlock(&ctl.reading);
		if (n)
			return n;
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		rc = wait_event_interruptible(ctl.wait, has_message());
		if (rc)
			return rc;
	}
}

/* Always "exceptional": stapio tries whether select() works by that. */
static __poll_t cmd_poll(struct file *file, poll_table *table)
{
	__poll_t events = EPOLLPRI | EPOLLOUT | EPOLLWRNORM;

	poll_wait(file, &ctl.wait, table);
	if (has_message())
		events |= EPOLLIN | EPOLLRDNORM;
	return events;
}

/* --- the session --- */

/* A pid as the writer sees it, in the initial namespace. */
static pid_t global_pid(s32 nr)
{
	struct pid *pid;
	pid_t global = nr;

	rcu_read_lock();
	pid = find_vpid(nr);
	if (pid)
		global = pid_nr(pid);
	rcu_read_unlock();
	return global;
}

static void start(const struct control_start *s)
{
	struct control_start answer = *s;

	if (ctl.state != UNSTARTED)
		return;
	ctl.target = s->target > 0 ? global_pid(s->target) : 0;
	answer.result = ctl.ops->start();
	ctl.start_ok = !answer.result;
	WRITE_ONCE(ctl.state, STARTED);
	send_state(CONTROL_START, &answer, sizeof(answer));
}

static void stop(void)
{
	u64 lost;

	if (ctl.start_ok)
		ctl.ops->stop();
	lost = sp_out_lost();
	if (lost)
		sp_warn("There were %llu transport failures. Try stap -s to increase the buffer size from %lu.",
			(unsigned long long)lost, sp_out_kib());
	WRITE_ONCE(ctl.state, ENDED);
	sp_out_end();
}

static void stop_by_message(void)
{
	if (ctl.state != STARTED)
		return;
	stop();
	if (ctl.old_dialect)
		sp_out_wait_read(OLD_DRAIN_MS);
	send_state(CONTROL_EXIT, "", 0);
}

/* --- writing --- */

static bool is_root(void)
{
	return uid_eq(current_euid(), GLOBAL_ROOT_UID);
}

static void take_relocation(struct control_relocation *r)
{
	r->module[CONTROL_NAME - 1] = 0;
	r->symbol[CONTROL_NAME - 1] = 0;
	if (strcmp(r->module, "kernel"))
		return;
	if (!strcmp(r->symbol, "_stext"))
		ctl.stext = (unsigned long)r->address;
	else if (!strcmp(r->symbol, "kallsyms_lookup_name"))
		ctl.kallsyms_lookup_name = (unsigned long)r->address;
}

/* A message that may come from root only. 0 or -EPERM. */
static int take_from_root(u32 number, void *payload, size_t n)
{
	if (!is_root())
		return -EPERM;
	if (number == CONTROL_RELOCATION) {
		if (n == sizeof(struct control_relocation))
			take_relocation(payload);
	} else if (number == CONTROL_TZINFO) {
		memcpy(&ctl.zone, payload, sizeof(ctl.zone));
		ctl.zone.name[sizeof(ctl.zone.name) - 1] = 0;
	} else if (number == CONTROL_PRIVILEGE) {
		memcpy(&ctl.privilege, payload, sizeof(ctl.privilege));
	} else {
		memcpy(&ctl.remote, payload, sizeof(ctl.remote));
		ctl.remote.uri[CONTROL_NAME - 1] = 0;
	}
	return 0;
}

/* How long a payload must be at least. */
static size_t least_payload(u32 number)
{
	switch (number) {
	case CONTROL_START:
		return sizeof(struct control_start);
	case CONTROL_TZINFO:
		return sizeof(struct control_tzinfo);
	case CONTROL_PRIVILEGE:
	case CONTROL_NAMESPACES:
		return sizeof(u32);
	case CONTROL_REMOTE_ID:
		return sizeof(struct control_remote);
	case CONTROL_MOUNTS:
		return 2 * sizeof(u32);
	}
	return 0;
}

/* Do what a message says. 0, or -errno. */
static int obey(u32 number, void *payload, size_t n)
{
	switch (number) {
	case CONTROL_START:
		start(payload);
		return 0;
	case CONTROL_EXIT:
		stop_by_message();
		return 0;
	case CONTROL_READY:
	case CONTROL_NAMESPACES:
	case CONTROL_MOUNTS:
		return 0;
	case CONTROL_RELOCATION:
	case CONTROL_TZINFO:
	case CONTROL_PRIVILEGE:
	case CONTROL_REMOTE_ID:
		return take_from_root(number, payload, n);
	}
	return -EINVAL;
}

/* Split a number into dialect and message. */
static bool know_number(u32 *number, bool *old_dialect)
{
	*old_dialect = *number < CONTROL_BASE_NEW;
	if (!*old_dialect)
		*number -= CONTROL_BASE_NEW;
	return *number < CONTROL_MOUNTS + (*old_dialect ? 0u : 1u);
}

static ssize_t cmd_write(struct file *file, const char __user *from,
			 size_t count, loff_t *position)
{
	struct {
		u32 number;
		union {
			struct control_relocation relocation;
			u8 bytes[sizeof(struct control_relocation)];
		} payload;
	} m;
	size_t n = min(count, sizeof(m.number) + sizeof(m.payload));
	bool old_dialect;
	int rc;

	if (n < sizeof(m.number))
		return 0;
	memset(&m, 0, sizeof(m));
	if (copy_from_user(&m.number, from, sizeof(m.number)) ||
	    copy_from_user(m.payload.bytes, from + sizeof(m.number),
			   n - sizeof(m.number)))
		return -EFAULT;
	if (!know_number(&m.number, &old_dialect))
		return -EINVAL;
	if (n - sizeof(m.number) < least_payload(m.number))
		return 0;
	rc = mutex_lock_interruptible(&ctl.writing);
	if (rc)
		return rc;
	WRITE_ONCE(ctl.old_dialect, old_dialect);
	ctl.stapio = task_tgid_nr(current);
	rc = obey(m.number, m.payload.bytes, count - sizeof(m.number));
	mutex_unlock(&ctl.writing);
	return rc ? rc : (ssize_t)count;
}

/* --- the file --- */

static int cmd_open(struct inode *inode, struct file *file)
{
	if (atomic_cmpxchg(&ctl.is_open, 0, 1))
		return -EBUSY;
	if (!try_module_get(THIS_MODULE)) {
		atomic_set(&ctl.is_open, 0);
		return -ENOENT;
	}
	ctl.exit_told = 0;
	return 0;
}

static int cmd_release(struct inode *inode, struct file *file)
{
	WRITE_ONCE(ctl.stapio, 0);
	atomic_set(&ctl.is_open, 0);
	/* Module exit waits in proc_remove() until we have returned. */
	module_put(THIS_MODULE);
	return 0;
}

static const struct proc_ops cmd_ops = {
	.proc_open = cmd_open,
	.proc_read = cmd_read,
	.proc_write = cmd_write,
	.proc_poll = cmd_poll,
	.proc_release = cmd_release,
	.proc_lseek = noop_llseek,
};

int sp_control_make_file(struct proc_dir_entry *dir)
{
	struct proc_dir_entry *file = proc_create(".cmd", 0600, dir, &cmd_ops);

	if (!file)
		return -ENOMEM;
	proc_set_user(file, current_uid(), current_gid());
	return 0;
}

int sp_control_init(const struct sp_transport_ops *ops)
{
	int rc;

	ctl.ops = ops;
	mutex_init(&ctl.writing);
	mutex_init(&ctl.reading);
	init_waitqueue_head(&ctl.wait);
	rc = sp_ring_init(&ctl.queue, QUEUE_BYTES, NUMA_NO_NODE);
	if (!rc)
		send_state(CONTROL_TRANSPORT, "", 0);
	return rc;
}

void sp_control_stop(void)
{
	if (ctl.state == STARTED)
		stop();
}

void sp_control_release(void)
{
	sp_ring_release(&ctl.queue);
}

bool sp_control_is_old(void)
{
	return READ_ONCE(ctl.old_dialect);
}

bool sp_control_has_ended(void)
{
	return READ_ONCE(ctl.state) == ENDED;
}

/* --- what user space told --- */

pid_t sp_target(void)
{
	return ctl.target;
}

pid_t sp_stapio_pid(void)
{
	return READ_ONCE(ctl.stapio);
}

s64 sp_tz_west(void)
{
	return ctl.zone.west;
}

const char *sp_tz_name(void)
{
	return ctl.zone.name;
}

int sp_remote_id(void)
{
	return ctl.remote.id;
}

const char *sp_remote_uri(void)
{
	return ctl.remote.uri;
}

u32 sp_privilege(void)
{
	return ctl.privilege;
}

unsigned long sp_kernel_address(const char *symbol)
{
	return !strcmp(symbol, "_stext") ? ctl.stext :
	       !strcmp(symbol, "kallsyms_lookup_name") ?
					   ctl.kallsyms_lookup_name :
					   0;
}
