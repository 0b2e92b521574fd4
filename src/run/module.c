/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * States: the module says TRANSPORT, we write START; it answers START when its
 * begin handlers have run; it asks for the end, or we want it; we write EXIT; it
 * says EXIT when its end handlers have run. Text and messages come all the time.
 * The loop waits in one poll() for control file, trace files, signals and the
 * target's end.
 */
#include "run/module.h"

#include "base/bug.h"
#include "base/io.h"
#include "proto/handoff.h"
#include "run/control.h"
#include "run/messages.h"
#include "run/output.h"
#include "run/remove.h"
#include "run/signals.h"
#include "run/target.h"
#include "run/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Text that comes faster than this gathers for a moment: being woken for each
 * line would cost the traced programs much more, and a script that traces
 * wake-ups would feed itself. */
#define GATHER_NS 1000000ll
#define INPUT_BYTES  1024 /* of standard input, read at a time */

struct module {
	const struct run_options *opt;
	struct control control;
	struct trace trace;
	struct output out;
	struct messages msg;
	struct target target;
	struct pollfd *fds;
	int keep_fd;      /* where to say that the module stays, or -1 */
	pid_t parent;     /* staprun, which removes it if keep_fd is there */
	int64_t read_ns;  /* when there was text last */
	int input;        /* the module's file for standard input, or -1 */
	bool started;     /* the module answered START, or we attached */
	bool want_exit;   /* EXIT is to be written */
	bool exit_sent;
	bool ended;       /* leave the loop */
	bool detached;    /* the module stays */
	bool failed;      /* the status is 1 whatever was printed */
	bool output_told; /* a failed write was reported */
	bool target_gone;
};

bool module_is_folder(int fd)
{
	struct stat st;

	return fd >= 0 && !fstat(fd, &st) && S_ISDIR(st.st_mode);
}

/* A failure that ends the session: there is nothing to be waited for. */
static void give_up(struct module *m, const char *what, int rc)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_addf(&text, "%s: %s", what, strerror(-rc));
	messages_own_error(&m->msg, text.buf);
	strbuf_release(&text);
	m->ended = m->failed = true;
}

/* --- messages of the module --- */

/* Text for standard error. The tags are part of the protocol. */
static void on_text(struct module *m, struct control_message *c)
{
	static const char error[] = "ERROR: ", warning[] = "WARNING: ";

	if (c->len && c->text[c->len - 1] == '\n')
		c->text[--c->len] = 0;
	if (!strncmp(c->text, error, strlen(error))) {
		messages_error(&m->msg, c->text + strlen(error));
	} else if (!strncmp(c->text, warning, strlen(warning))) {
		messages_warning(&m->msg, c->text + strlen(warning));
	} else {
		output_flush(&m->out);
		fprintf(stderr, "%s\n", c->text);
	}
}

/* The script's system(): nobody waits for it, so that it cannot hold us. */
static void on_system(struct module *m, const char *command)
{
	pid_t child;

	output_flush(&m->out);
	child = fork();
	if (!child) {
		signals_reset();
		if (fork())
			_exit(0);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	if (child < 0)
		messages_own_warning(&m->msg, "cannot run a command");
	while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
}

static void on_started(struct module *m, const struct control_message *c)
{
	struct control_start s = { .result = -EIO };

	if (c->len >= sizeof(s))
		memcpy(&s, c->text, sizeof(s));
	if (m->opt->verbose > 1)
		fprintf(stderr, "systemtap_module_init() returned %d\n",
			s.result);
	m->started = true;
	if (s.result) {
		m->ended = m->failed = true;
		return;
	}
	output_flush(&m->out); /* ahead of the command's */
	target_release(&m->target);
	/* It is there if the script has probes for it. */
	m->input = openat(m->opt->handoff_fd, "__stdin",
			  O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	if (m->opt->leave)
		m->ended = m->detached = true;
}

/* The module is ready: a message that comes once in its life. */
static void on_ready(struct module *m)
{
	int32_t pid;
	int rc = 0;

	if (m->opt->namespaces) {
		pid = (int32_t)strtol(m->opt->namespaces, NULL, 10);
		rc = control_send(&m->control, CONTROL_NAMESPACES, &pid,
				  sizeof(pid));
	}
	if (rc)
		give_up(m, "cannot tell the module its namespaces", rc);
	else
		control_begin_start(&m->control, m->target.pid);
}

static void on_message(struct module *m, struct control_message *c)
{
	struct strbuf text = STRBUF_INIT;

	switch (c->number) {
	case CONTROL_OOB:
		on_text(m, c);
		break;
	case CONTROL_SYSTEM:
		on_system(m, c->text);
		break;
	case CONTROL_TRANSPORT:
		on_ready(m);
		break;
	case CONTROL_START:
		on_started(m, c);
		break;
	case CONTROL_REQUEST_EXIT:
		m->want_exit = true;
		break;
	case CONTROL_EXIT:
		m->ended = true;
		break;
	default:
		strbuf_addf(&text, "Ignored message of type %" PRIu32,
			    c->number);
		messages_own_warning(&m->msg, text.buf);
		break;
	}
	strbuf_release(&text);
}

static void read_messages(struct module *m)
{
	struct control_message c;
	int rc = 1;

	while (!m->ended && rc > 0) {
		rc = control_read(&m->control, &c);
		if (rc > 0)
			on_message(m, &c);
	}
	if (rc < 0)
		give_up(m, "Unexpected EOF in read", rc);
}

/* --- standard input --- */

/* Hand on what there is. The module takes it in pieces, and none when it ends. */
static void forward_input(struct module *m)
{
	char bytes[INPUT_BYTES];
	ssize_t n = read(STDIN_FILENO, bytes, sizeof(bytes));

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n > 0 && !io_write_all(m->input, bytes, (size_t)n))
		return;
	close(m->input);
	m->input = -1;
}

/* --- the loop --- */

/* Report the first write that failed, and stop. */
static void check_output(struct module *m)
{
	struct strbuf text = STRBUF_INIT;

	if (!m->out.error || m->output_told)
		return;
	m->output_told = m->failed = m->want_exit = true;
	strbuf_addf(&text, "cannot write output: %s", strerror(-m->out.error));
	messages_own_error(&m->msg, text.buf);
	strbuf_release(&text);
}

static void check_target(struct module *m)
{
	struct strbuf text = STRBUF_INIT;

	if (m->target_gone)
		return;
	m->target_gone = m->want_exit = true;
	if (target_failed(&m->target, &text)) {
		messages_own_warning(&m->msg, text.buf);
		m->failed = true;
	}
	strbuf_release(&text);
}

static void check_signals(struct module *m)
{
	signals_clear_fd();
	if (signals_take_switch())
		output_switch(&m->out);
	if (signals_seen())
		m->want_exit = true;
	/* A module that is not running yet cannot be left. */
	if (signals_detach() && m->started && !m->exit_sent)
		m->ended = m->detached = true;
}

/* Tell the module to stop. Before it has started it would not listen. */
static void send_exit(struct module *m)
{
	int rc;

	if (control_end_write(&m->control, &rc) && rc)
		give_up(m, "cannot write to the module", rc);
	else if (m->want_exit && m->started && !m->exit_sent)
		m->exit_sent = control_begin_exit(&m->control);
}

/* Wait for something to happen. */
static void wait_for_event(struct module *m)
{
	struct pollfd *fds = m->fds;

	output_flush(&m->out);
	check_output(m);
	fds[0] = (struct pollfd){ .fd = m->control.fd, .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = signals_fd(), .events = POLLIN };
	fds[2] = (struct pollfd){ .fd = m->target_gone ? -1 :
							 m->target.pid_fd,
				  .events = POLLIN };
	fds[3] = (struct pollfd){ .fd = m->input < 0 ? -1 : STDIN_FILENO,
				  .events = POLLIN };
	trace_poll(&m->trace, fds + 4);
	/* Signals and errors are looked at by whoever called. */
	if (poll(fds, (nfds_t)(4 + m->trace.n),
		 m->opt->poll_ms < INT_MAX ? (int)m->opt->poll_ms :
					     INT_MAX) < 0)
		fds[2].revents = fds[3].revents = 0;
}

/* Read text; not much more often than each GATHER_NS. */
static void read_text(struct module *m)
{
	struct timespec ts;
	int64_t now, before = m->read_ns;

	if (!trace_read(&m->trace, &m->out, false))
		return;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	now = ts.tv_sec * 1000000000ll + ts.tv_nsec;
	m->read_ns = now;
	if (now - before >= GATHER_NS)
		return;
	output_flush(&m->out);
	ts = (struct timespec){ .tv_nsec = GATHER_NS - (now - before) };
	nanosleep(&ts, NULL);
}

static void loop(struct module *m)
{
	while (!m->ended) {
		read_text(m);
		read_messages(m);
		if (m->ended)
			break;
		send_exit(m);
		wait_for_event(m);
		if (m->fds[2].revents)
			check_target(m);
		if (m->fds[3].revents && !m->want_exit)
			forward_input(m);
		check_signals(m);
	}
}

/* --- start and end --- */

/* Leave the caller's terminal. Our own staprun has done the rest. */
static int become_daemon(const struct module *m, struct strbuf *err)
{
	int fd, i, rc = 0;

	if (m->keep_fd < 0) {
		/* The folder stays: names of output files may need it. */
		rc = daemon(1, 1) ? -errno : 0;
		printf("%d\n", (int)getpid());
		if (!rc && fflush(stdout))
			rc = -errno;
	}
	fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (i = 0; !rc && i < 3; i++)
		if (fd < 0 || dup2(fd, i) < 0)
			rc = -errno;
	if (fd > 2)
		close(fd);
	if (rc)
		strbuf_addf(err, "cannot run module %s in the background: %s",
			    m->opt->object, strerror(-rc));
	return rc;
}

static int find_target(struct module *m, struct strbuf *err)
{
	const struct run_options *opt = m->opt;
	struct strbuf ignored = STRBUF_INIT;

	if (opt->command)
		return target_start(&m->target, opt->command, INT_MIN, err);
	if (!opt->target_pid)
		return 0;
	/* The module may be to look at a process that is no more. */
	if (target_watch(&m->target, (pid_t)opt->target_pid, &ignored))
		m->target.pid = (pid_t)opt->target_pid;
	strbuf_release(&ignored);
	return 0;
}

static int start(struct module *m, struct strbuf *err)
{
	const struct run_options *opt = m->opt;
	int rc = 0;

	if (opt->output && !opt->leave)
		rc = output_open_rotating(&m->out, opt->output,
					  opt->file_limit, opt->keep_files,
					  err);
	if (!rc)
		rc = control_open(&m->control, opt->handoff_fd, err);
	if (!rc && !opt->leave)
		rc = trace_open(&m->trace, opt->handoff_fd,
				m->control.base == CONTROL_BASE_NEW,
				!opt->attach, err);
	if (!rc && opt->daemon)
		rc = become_daemon(m, err);
	if (!rc)
		rc = find_target(m, err);
	if (!rc && signals_fd() < 0)
		rc = signals_fd();
	m->fds = xcalloc(4 + m->trace.n, sizeof(*m->fds));
	m->started = opt->attach;
	return rc;
}

/* What was lost on the way. */
static void report_losses(struct module *m)
{
	struct strbuf text = STRBUF_INIT;

	if (!m->trace.lost && !m->trace.garbage)
		return;
	strbuf_addf(&text,
		    "There were %" PRIu64 " lost messages and %" PRIu64
		    " lost bytes.",
		    m->trace.lost, m->trace.garbage);
	messages_own_warning(&m->msg, text.buf);
	strbuf_release(&text);
}

/* The module stays, or is to go: staprun does that if it waits for us and was
 * not killed meanwhile, else we run another. */
static void dispose(struct module *m)
{
	struct strbuf err = STRBUF_INIT;

	if (m->detached && !m->opt->daemon)
		fprintf(stderr,
			"\nDisconnecting from systemtap module.\n"
			"To reconnect, type \"staprun -A %s\"\n",
			m->opt->object);
	if (m->detached && m->keep_fd >= 0 &&
	    io_write_all(m->keep_fd, "", 1))
		m->failed = true;
	if (!m->detached && (m->keep_fd < 0 || getppid() != m->parent) &&
	    remove_module(m->opt, &err)) {
		messages_own_error(&m->msg, err.buf);
		m->failed = true;
	}
	strbuf_release(&err);
}

/* Take what staprun left us, and keep it from what we run: a command that goes
 * on behind us would hold staprun. */
static int take_descriptors(const struct run_options *opt)
{
	const char *keep = getenv(HANDOFF_KEEP_ENV);
	int fd = keep ? (int)strtol(keep, NULL, 10) : -1;

	unsetenv(HANDOFF_KEEP_ENV);
	fcntl(opt->handoff_fd, F_SETFD, FD_CLOEXEC);
	if (fd >= 0 && fcntl(fd, F_SETFD, FD_CLOEXEC))
		fd = -1;
	return fd;
}

int module_run(const struct run_options *opt)
{
	struct module m = { .opt = opt,
			    .control.fd = -1,
			    .input = -1,
			    .keep_fd = take_descriptors(opt),
			    .parent = getppid() };
	struct strbuf err = STRBUF_INIT;

	signals_init_module();
	output_init(&m.out);
	messages_init(&m.msg, &m.out);
	target_init(&m.target);
	m.msg.no_warnings = opt->no_warnings;
	m.msg.color = color_wanted(opt->color, STDERR_FILENO);
	m.msg.repeat = opt->verbose > 0;
	if (start(&m, &err)) {
		messages_own_error(&m.msg, err.buf);
	} else {
		loop(&m);
		if (m.trace.n && !m.detached)
			trace_read(&m.trace, &m.out, true);
		report_losses(&m);
	}
	output_close(&m.out);
	check_output(&m);
	trace_close(&m.trace);
	control_close(&m.control);
	target_close(&m.target);
	if (m.input >= 0)
		close(m.input);
	dispose(&m);
	free(m.fds);
	messages_release(&m.msg);
	strbuf_release(&err);
	return m.failed || m.msg.errors;
}
