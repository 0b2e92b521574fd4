/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mkkc: IR text from standard input to the C text of a kernel module on
 * standard output. For tests of the emitter alone.
 */
#include "base/io.h"
#include "kmod/emit.h"

#include <stdio.h>
#include <unistd.h>

int main(void)
{
	struct arena arena = ARENA_INIT;
	struct strbuf in = STRBUF_INIT, out = STRBUF_INIT, err = STRBUF_INIT;
	struct ir_prog *p = NULL;
	int rc = io_read_fd(STDIN_FILENO, (size_t)16 << 20, &in);

	if (!rc)
		p = ir_parse(&arena, in.buf, in.len, &err);
	if (p && !kmod_can_run(p, &err) && !kmod_emit(p, &out, &err))
		rc = io_write_all(STDOUT_FILENO, out.buf, out.len);
	else
		rc = -1;
	if (err.len)
		fprintf(stderr, "%s\n", err.buf);
	strbuf_release(&in);
	strbuf_release(&out);
	strbuf_release(&err);
	arena_release(&arena);
	return rc ? 1 : 0;
}
