/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mkko [-v]… [-k] [-K] -r RELEASE RUNTIME NAME FILE.c OUT.ko
 *
 * Build a module of C text, for tests of the builder alone. -K: by kbuild.
 */
#include "base/io.h"
#include "kmod/build.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct kmod_options o = { .cache = true };
	struct strbuf text = STRBUF_INIT, err = STRBUF_INIT, path = STRBUF_INIT;
	struct kmod *k = NULL;
	int c, rc = 1;

	while ((c = getopt(argc, argv, "vkKr:")) != -1) {
		if (c == 'v')
			o.verbose++;
		else if (c == 'k')
			o.keep = true;
		else if (c == 'K')
			o.use_kbuild = true;
		else if (c == 'r')
			o.release = optarg;
		else
			return 2;
	}
	if (argc - optind != 4)
		return 2;
	o.runtime = argv[optind];
	rc = io_read_file(argv[optind + 2], 1 << 26, &text, &err);
	if (!rc)
		k = kmod_open(&o, &err);
	rc = k ? kmod_build(k, argv[optind + 1], text.buf, text.len,
			    argv[optind + 3], &path, &err) : 1;
	if (rc)
		fprintf(stderr, "ERROR: %s\n", err.buf);
	else
		puts(path.buf);
	kmod_close(k);
	strbuf_release(&text);
	strbuf_release(&err);
	strbuf_release(&path);
	return rc ? 1 : 0;
}
