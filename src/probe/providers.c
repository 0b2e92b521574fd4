/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/providers.h"

const struct provider *const providers[] = {
	&provider_begin_end,
	&provider_timer,
	&provider_input,
	&provider_procfs,
	&provider_profile,
	&provider_perf,
	&provider_watch,
	&provider_syscall,
	&provider_tracepoint,
	&provider_kfunction,
	&provider_process,
	&provider_unsupported,
	NULL,
};
