/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/session.h"

#include "base/bug.h"
#include "proto/session.h"
#include "run/bpfsys.h"
#include "run/decode.h"
#include "run/groups.h"
#include "run/input.h"
#include "run/kmem.h"
#include "run/messages.h"
#include "run/object.h"
#include "run/output.h"
#include "run/procfs.h"
#include "run/ring.h"
#include "run/signals.h"
#include "run/target.h"
#include "run/timers.h"
#include "vm/vm.h"

#include <errno.h>
#include <linux/membarrier.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define NSEC_PER_SEC 1000000000ll

/* When records come this thick, let them gather for a moment: being woken for
 * each handful would cost us, and above all the traced programs, much more. */
#define BUSY_BYTES 4096
#define BUSY_WAIT_NS 1000000

struct session {
	const struct run_options *opt;
	struct arena arena;
	struct object object;
	struct output out;
	struct messages msg;
	struct target target;
	struct vm_host host;
	struct kmem kmem;
	struct vm *vm;
	struct strbuf *capture; /* takes output instead of out, or NULL */
	struct session_data *data;
	struct ring ring;
	struct decoder decoder;
	struct timers timers;
	struct probe_groups timer_groups, jiffy_groups;
	struct input input;
	struct procfs procfs;
	bool failed;         /* the status is 1 whatever was printed */
	bool output_told;    /* a failed write was reported */
	bool ran;            /* the state was RUNNING at some time */
};

static int64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

static uint32_t get_state(const struct session *s)
{
	return __atomic_load_n(&s->data->state, __ATOMIC_ACQUIRE);
}

/* The state never goes down; handlers in the kernel raise it too. */
static void raise_state(struct session *s, uint32_t state)
{
	uint32_t old = get_state(s);

	while (old < state &&
	       !__atomic_compare_exchange_n(&s->data->state, &old, state,
					    false, __ATOMIC_ACQ_REL,
					    __ATOMIC_ACQUIRE))
		;
}

/* --- what handlers say --- */

static void host_output(void *ctx, const char *text, size_t len)
{
	struct session *s = ctx;

	if (s->capture)
		strbuf_add(s->capture, text, len);
	else
		output_add(&s->out, text, len);
}

/* A kernel handler had this called: what it prints goes with the rest of it. */
static void call_later(void *ctx, uint32_t probe, uint32_t fn,
		       const struct fmt_arg *args, struct strbuf *out)
{
	struct session *s = ctx;

	s->capture = out;
	vm_run_later(s->vm, probe, fn, args);
	s->capture = NULL;
}

static void host_error(void *ctx, const char *text)
{
	struct session *s = ctx;

	messages_error(&s->msg, text);
}

static void host_warning(void *ctx, const char *text)
{
	struct session *s = ctx;

	messages_warning(&s->msg, text);
}

static bool host_kernel_read(void *ctx, uint64_t address, void *to, size_t n)
{
	struct session *s = ctx;

	return kmem_read(&s->kmem, address, to, n);
}

static uint64_t host_kernel_task(void *ctx)
{
	struct session *s = ctx;

	return kmem_task(&s->kmem);
}

/* Report the first write that failed, and stop. */
static void check_output(struct session *s)
{
	struct strbuf text = STRBUF_INIT;

	if (!s->out.error || s->output_told)
		return;
	s->output_told = true;
	strbuf_addf(&text, "cannot write output: %s", strerror(-s->out.error));
	messages_own_error(&s->msg, text.buf);
	strbuf_release(&text);
	if (s->data)
		raise_state(s, SESSION_STOPPING);
}

/* Stop when handlers, wherever they run, failed or were skipped too often. */
static void check_limits(struct session *s)
{
	const struct limits *l = &s->object.prog->limits;

	if (get_state(s) >= SESSION_ERROR)
		return;
	if (__atomic_load_n(&s->data->errors, __ATOMIC_RELAXED) >
	    l->maxerrors) {
		raise_state(s, SESSION_ERROR);
	} else if (__atomic_load_n(&s->data->skipped, __ATOMIC_RELAXED) >
		   l->maxskipped) {
		messages_own_error(&s->msg,
				   "Skipped too many probes, check MAXSKIPPED "
				   "or try again with stap -t for more "
				   "details.");
		raise_state(s, SESSION_ERROR);
	}
}

/* --- start --- */

/* Give scalars the values of the command line. */
static int set_globals(struct session *s, struct strbuf *err)
{
	bool unnamed = !strncmp(s->opt->object, "/proc/self/fd/", 14) &&
		       s->object.prog->name;
	int i;

	for (i = 0; i < s->opt->n_globals; i++) {
		const char *word = s->opt->globals[i];
		size_t len = strcspn(word, "=");
		const char *value = word[len] ? word + len + 1 : "";
		char *name = arena_strndup(&s->arena, word, len);

		if (vm_set_global(s->vm, name, value) != -EINVAL)
			continue;
		/* stap hands over a file without a name of its own. */
		strbuf_addf(err,
			    "Couldn't insert module '%s%s': Invalid parameters",
			    unnamed ? s->object.prog->name : s->opt->object,
			    unnamed ? ".bo" : "");
		return -EINVAL;
	}
	return 0;
}

static int find_target(struct session *s, struct strbuf *err)
{
	if (s->opt->command)
		return target_start(&s->target, s->opt->command,
				    s->object.nice, err);
	if (s->opt->target_pid)
		return target_watch(&s->target, (pid_t)s->opt->target_pid,
				    err);
	return 0;
}

/* Tell kernel handlers what they need to know of user space. */
static int brief_kernel(struct session *s, struct strbuf *err)
{
	uint32_t pid = (uint32_t)s->target.pid, one = 1;
	int rc;

	s->data->target = s->target.pid;
	s->data->wall_ns = clock_ns(CLOCK_REALTIME) -
			   clock_ns(CLOCK_MONOTONIC);
	if (pid && s->object.targets_fd >= 0) {
		rc = bpfsys_update(s->object.targets_fd, &pid, &one,
				   false);
		if (rc) {
			strbuf_addf(err, "cannot name the target: %s",
				    strerror(-rc));
			return rc;
		}
	}
	if (s->object.ring_fd < 0)
		return 0;
	decoder_init(&s->decoder, s->object.prog, &s->object.layout, &s->host);
	s->decoder.later = call_later;
	return ring_open(&s->ring, s->object.ring_fd, s->object.ring_size,
			 err);
}

/* --- running handlers --- */

/* All handlers of one point: each has its turn, whatever the others did, unless
 * one called abort(). */
static void run_group(struct session *s, const struct probe_group *g)
{
	const uint32_t *probe;

	vec_foreach(probe, &g->probes) {
		object_begin_handler(&s->object,
				     get_state(s) != SESSION_RUNNING);
		if (vm_run(s->vm, *probe) == VM_ABORTED)
			break;
	}
	check_limits(s);
	if (signals_seen())
		raise_state(s, SESSION_STOPPING);
}

/* The handlers of one kind in order, as long as the state is no higher. */
static void run_ordered(struct session *s, enum attach_kind kind,
			uint32_t highest_state)
{
	const struct probe_group *g;
	struct probe_groups groups;

	groups_collect(&groups, s->object.prog, kind, &s->arena);
	groups_sort(&groups, s->object.prog);
	vec_foreach(g, &groups.list) {
		if (get_state(s) > highest_state)
			break;
		run_group(s, g);
	}
}

static void run_procfs(void *ctx, const struct probe_group *g,
		       struct strbuf *text, size_t most)
{
	struct session *s = ctx;

	if (get_state(s) != SESSION_RUNNING)
		return;
	vm_set_value(s->vm, text, most);
	run_group(s, g);
	vm_set_value(s->vm, NULL, 0);
}

static int open_procfs(struct session *s, struct strbuf *err)
{
	int rc = procfs_open(&s->procfs, s->object.prog, &s->arena, run_procfs,
			     s, err);

	if (!rc && s->procfs.mount.mounted && s->opt->verbose)
		fprintf(stderr, "Files of procfs probes are in %s\n",
			s->procfs.mount.path.buf);
	return rc;
}

/* --- all of the start --- */

static int start(struct session *s, struct strbuf *err)
{
	const struct run_options *opt = s->opt;
	bool kernel;
	int rc = 0;

	if (opt->output)
		rc = output_open(&s->out, opt->output, err);
	if (!rc)
		rc = object_open(&s->object, opt->object, opt->handoff_fd,
				 &s->arena, err);
	if (!rc)
		rc = find_target(s, err);
	if (rc)
		return rc;
	kernel = s->object.block;
	s->host = (struct vm_host){ .ctx = s,
				    .output = host_output,
				    .error = host_error,
				    .warning = host_warning,
				    .kernel_read = host_kernel_read,
				    .kernel_task = host_kernel_task,
				    .target = s->target.pid };
	s->vm = vm_new(s->object.prog, kernel ? &s->object.shared : NULL,
		       &s->host, err);
	if (!s->vm)
		return -EINVAL;
	s->data = vm_session(s->vm);
	rc = set_globals(s, err);
	if (!rc && kernel)
		rc = brief_kernel(s, err);
	if (!rc)
		rc = open_procfs(s, err);
	return rc;
}

/* --- the loop --- */

static void start_timers(struct session *s)
{
	struct ir_prog *p = s->object.prog;
	int64_t now = clock_ns(CLOCK_MONOTONIC);
	struct timespec tick;

	groups_collect(&s->timer_groups, p, ATTACH_TIMER, &s->arena);
	timers_add(&s->timers, p, &s->timer_groups, 1, now, &s->arena);
	groups_collect(&s->jiffy_groups, p, ATTACH_JIFFIES, &s->arena);
	if (s->jiffy_groups.list.len) {
		/* The coarse clocks advance once a jiffy. */
		clock_getres(CLOCK_REALTIME_COARSE, &tick);
		timers_add(&s->timers, p, &s->jiffy_groups,
			   tick.tv_sec * NSEC_PER_SEC + tick.tv_nsec, now,
			   &s->arena);
	}
	if (!s->timers.list.len)
		return;
	/* Any seed will do if there is no entropy yet. */
	if (getrandom(&s->timers.random, sizeof(s->timers.random),
		      GRND_NONBLOCK) < 0)
		s->timers.random = (uint64_t)now;
	/* The default slack of 50 us would show in fast timers. */
	prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
}

/* Run what is due now; what comes due meanwhile waits for the next turn. */
static void run_timers(struct session *s)
{
	int64_t now = clock_ns(CLOCK_MONOTONIC);
	const struct probe_group *g;

	while (get_state(s) == SESSION_RUNNING &&
	       (g = timers_take(&s->timers, now)))
		run_group(s, g);
}

static bool run_input(void *ctx, const struct probe_group *g, const char *text,
		      size_t len)
{
	struct session *s = ctx;

	vm_set_input(s->vm, text, len);
	run_group(s, g);
	vm_set_input(s->vm, "", 0);
	return get_state(s) == SESSION_RUNNING;
}

static void take_record(void *ctx, const void *record, size_t len)
{
	struct session *s = ctx;

	decoder_take(&s->decoder, record, len);
}

/* Decode what kernel handlers sent. Returns its size in bytes. */
static uint64_t take_records(struct session *s)
{
	uint64_t bytes;

	if (!s->ring.data)
		return 0;
	bytes = ring_drain(&s->ring, take_record, s);
	check_limits(s);
	return bytes;
}

/* How long to wait: until the next timer, or, with kernel handlers, until
 * records that did not wake us should be looked for; bytes came last time. */
static struct timespec wait_time(const struct session *s, uint64_t bytes)
{
	int64_t ns = timers_next(&s->timers), most;

	if (ns != INT64_MAX)
		ns -= clock_ns(CLOCK_MONOTONIC);
	if (s->ring.data) {
		most = bytes < BUSY_BYTES ? s->opt->poll_ms * 1000000ll :
					    BUSY_WAIT_NS;
		if (ns > most)
			ns = most;
	}
	if (ns < 0 || bytes > s->ring.size / 4)
		ns = 0;
	return (struct timespec){ .tv_sec = ns / NSEC_PER_SEC,
				  .tv_nsec = ns % NSEC_PER_SEC };
}

/* The target's end is the session's; a command may have failed. */
static void target_ended(struct session *s)
{
	struct strbuf text = STRBUF_INIT;

	/* After ^C on a terminal the command got the signal as well. */
	if (!signals_seen() && target_failed(&s->target, &text)) {
		messages_own_warning(&s->msg, text.buf);
		s->failed = true;
	}
	strbuf_release(&text);
	raise_state(s, SESSION_STOPPING);
}

static void loop(struct session *s)
{
	struct pollfd fds[] = { { .fd = signals_fd(), .events = POLLIN },
				{ .fd = s->target.pid_fd, .events = POLLIN },
				{ .fd = s->object.ring_fd, .events = POLLIN },
				{ .events = POLLIN },
				{ .events = POLLIN } };
	uint64_t bytes = 0;

	while (get_state(s) == SESSION_RUNNING) {
		struct timespec ts;

		output_flush(&s->out);
		check_output(s);
		if (get_state(s) != SESSION_RUNNING)
			break;
		ts = wait_time(s, bytes);
		fds[2].fd = bytes < BUSY_BYTES ? s->object.ring_fd : -1;
		fds[3].fd = s->input.fd;
		fds[4].fd = s->procfs.mount.fd;
		if (ppoll(fds, ARRAY_SIZE(fds), &ts, NULL) < 0)
			fds[0].revents = fds[1].revents =
				fds[3].revents = fds[4].revents = 0;
		bytes = take_records(s);
		if (signals_seen())
			raise_state(s, SESSION_STOPPING);
		else if (fds[1].revents)
			target_ended(s);
		run_timers(s);
		if (fds[3].revents && get_state(s) == SESSION_RUNNING)
			input_read(&s->input, run_input, s);
		if (fds[4].revents && get_state(s) == SESSION_RUNNING)
			procfs_serve(&s->procfs);
		if (s->ring.data)
			__atomic_store_n(&s->data->wall_ns,
					 clock_ns(CLOCK_REALTIME) -
						 clock_ns(CLOCK_MONOTONIC),
					 __ATOMIC_RELAXED);
	}
}

/* --- stop --- */

/* Wait for handlers in the kernel that saw the old state, and take what they
 * still sent. */
static void quiet_kernel(struct session *s)
{
	if (!s->object.block || !s->ran)
		return;
	while (take_records(s))
		;
	output_flush(&s->out);
	/* Handlers are RCU readers, and this waits for those. Where the kernel
	 * refuses, stragglers may overlap with end handlers; the globals' lock
	 * keeps that harmless. */
	syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
	while (take_records(s))
		;
	if (s->ring.data)
		decoder_finish(&s->decoder);
}

static void report_counts(struct session *s)
{
	const struct session_data *d = s->data;
	struct strbuf text = STRBUF_INIT;

	if (d->errors || d->skipped) {
		strbuf_addf(&text,
			    "Number of errors: %llu, skipped probes: %llu",
			    (unsigned long long)d->errors,
			    (unsigned long long)d->skipped);
		messages_warning(&s->msg, text.buf);
	}
	if (d->lost) {
		strbuf_reset(&text);
		strbuf_addf(&text,
			    "There were %llu transport failures. Try stap -s "
			    "to increase the buffer size from %u.",
			    (unsigned long long)d->lost,
			    s->object.ring_size >> 20);
		messages_warning(&s->msg, text.buf);
	}
	if (s->decoder.bad) {
		strbuf_reset(&text);
		strbuf_addf(&text, "%llu records could not be decoded.",
			    (unsigned long long)s->decoder.bad);
		messages_own_warning(&s->msg, text.buf);
	}
	strbuf_release(&text);
}

static void stop(struct session *s)
{
	raise_state(s, SESSION_STOPPING);
	procfs_close(&s->procfs);
	quiet_kernel(s);
	run_ordered(s, ATTACH_END, SESSION_STOPPING);
	if (get_state(s) == SESSION_ERROR)
		run_ordered(s, ATTACH_ERROR, SESSION_ERROR);
	report_counts(s);
}

/* Removing many probes one by one may take seconds. A child keeps their
 * descriptors, and lets go of them when nobody waits for us any more. */
static void detach_behind(void)
{
	int fds[2];
	char c;

	if (pipe(fds))
		return;
	if (fork()) {
		close(fds[0]);
		return; /* the write end goes when we exit */
	}
	close(fds[1]);
	close(STDIN_FILENO);
	close(STDOUT_FILENO);
	close(STDERR_FILENO);
	signals_reset();
	setsid();
	while (read(fds[0], &c, 1) < 0 && errno == EINTR)
		;
	_exit(0);
}

static void release(struct session *s)
{
	procfs_close(&s->procfs);
	vm_free(s->vm);
	kmem_release(&s->kmem);
	if (s->ring.data) {
		decoder_release(&s->decoder);
		ring_close(&s->ring);
	}
	input_release(&s->input);
	target_close(&s->target);
	object_close(&s->object);
	messages_release(&s->msg);
	arena_release(&s->arena);
}

int session_run(const struct run_options *opt)
{
	struct session s = { .opt = opt,
			     .input = { .fd = -1, .line = STRBUF_INIT },
			     .procfs = PROCFS_INIT };
	struct strbuf err = STRBUF_INIT;
	int status;

	signals_init();
	output_init(&s.out);
	messages_init(&s.msg, &s.out);
	target_init(&s.target);
	s.msg.no_warnings = opt->no_warnings;
	s.msg.color = color_wanted(opt->color, STDERR_FILENO);
	s.msg.repeat = opt->verbose > 0;
	if (start(&s, &err)) {
		messages_own_error(&s.msg, err.buf);
	} else {
		run_ordered(&s, ATTACH_BEGIN, SESSION_STARTING);
		if (get_state(&s) == SESSION_STARTING) {
			start_timers(&s);
			input_init(&s.input, s.object.prog, &s.arena);
			s.ran = true;
			raise_state(&s, SESSION_RUNNING);
			output_flush(&s.out); /* ahead of the command's */
			target_release(&s.target);
			loop(&s);
		}
		stop(&s);
		check_output(&s);
	}
	output_close(&s.out);
	check_output(&s);
	status = s.failed || s.msg.errors;
	if (s.object.slow_detach)
		detach_behind();
	strbuf_release(&err);
	release(&s);
	return status;
}
