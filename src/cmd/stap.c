/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stap: read the command line, run the passes. */
#include "cmd/passes.h"
#include "kmod/cache.h"

#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
	static char name[] = "stap"; /* getopt's messages begin with it */
	struct arena arena = ARENA_INIT;
	struct options o;
	int status = 0;

	if (argc < 1)
		return 1;
	argv[0] = name;
	switch (options_parse(&o, &arena, argc, argv)) {
	case OPTIONS_RUN:
		if (o.clean_cache)
			cache_clean(true);
		else
			status = passes_run(&o);
		break;
	case OPTIONS_DONE:
		break;
	case OPTIONS_FAILED:
		status = 1;
		break;
	}
	arena_release(&arena);
	return status;
}
