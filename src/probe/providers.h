/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each provider file defines; listed in providers.c. */
#ifndef SPILE_PROBE_PROVIDERS_H
#define SPILE_PROBE_PROVIDERS_H

#include "probe/probe.h"

extern const struct provider provider_begin_end;
extern const struct provider provider_input;
extern const struct provider provider_kfunction;
extern const struct provider provider_perf;
extern const struct provider provider_process;
extern const struct provider provider_procfs;
extern const struct provider provider_profile;
extern const struct provider provider_syscall;
extern const struct provider provider_timer;
extern const struct provider provider_tracepoint;
extern const struct provider provider_unsupported;
extern const struct provider provider_watch;

#endif
