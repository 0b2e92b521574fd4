/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mkbo IN.ir OUT.bo: a .bo from the text of an IR program, so that what runs a
 * .bo can be tested without the front end. */
#include "base/io.h"
#include "bpf/bpf.h"

#include <stdio.h>

#define MKBO_MAX_BYTES (16u << 20)

int main(int argc, char **argv)
{
	struct strbuf in = STRBUF_INIT, out = STRBUF_INIT, err = STRBUF_INIT;
	struct arena arena = ARENA_INIT;
	struct ir_prog *p = NULL;
	int rc = 1;

	if (argc != 3)
		strbuf_addstr(&err, "usage: mkbo IN.ir OUT.bo");
	else if (!io_read_file(argv[1], MKBO_MAX_BYTES, &in, &err))
		p = ir_parse(&arena, in.buf, in.len, &err);
	if (p && !bpf_emit(p, &out, &err) &&
	    !io_write_file(argv[2], out.buf, out.len, 0644, &err))
		rc = 0;
	if (rc)
		fprintf(stderr, "mkbo: %s\n", err.buf);
	strbuf_release(&in);
	strbuf_release(&out);
	strbuf_release(&err);
	arena_release(&arena);
	return rc;
}
