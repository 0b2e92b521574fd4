/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/input.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define READ_BYTES 1024

void input_init(struct input *in, const struct ir_prog *p, struct arena *arena)
{
	groups_collect(&in->groups, p, ATTACH_INPUT, arena);
	in->prog = p;
	strbuf_init(&in->line);
	in->fd = in->groups.list.len ? STDIN_FILENO : -1;
}

void input_release(struct input *in)
{
	strbuf_release(&in->line);
}

static bool hand_over(struct input *in, bool line, const char *text, size_t len,
		      input_fn fn, void *ctx)
{
	const struct probe_group *g;

	/* A NUL ends strings. */
	len = strnlen(text, len);
	vec_foreach(g, &in->groups.list) {
		if ((in->prog->probes.at[g->first].n0 != 0) == line &&
		    !fn(ctx, g, text, len))
			return false;
	}
	return true;
}

static bool take_byte(struct input *in, char c, input_fn fn, void *ctx)
{
	bool on = hand_over(in, false, &c, 1, fn, ctx);

	if (c != '\n') {
		if (in->line.len < in->prog->limits.maxstringlen)
			strbuf_addch(&in->line, c);
		return on;
	}
	on = on && hand_over(in, true, in->line.buf, in->line.len, fn, ctx);
	strbuf_reset(&in->line);
	return on;
}

void input_read(struct input *in, input_fn fn, void *ctx)
{
	char bytes[READ_BYTES];
	ssize_t n = read(in->fd, bytes, sizeof(bytes)), i;

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0)
		in->fd = -1;
	for (i = 0; i < n; i++) {
		if (!take_byte(in, bytes[i], fn, ctx))
			return;
	}
}
