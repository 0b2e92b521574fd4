/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The options a kernel was built with, for %( CONFIG_X … %) conditions.
 * From /lib/modules/RELEASE/build/.config, /boot/config-RELEASE or, for the
 * running kernel, /proc/config.gz: the first that can be read.
 */
#ifndef SPILE_SYMBOLS_KCONFIG_H
#define SPILE_SYMBOLS_KCONFIG_H

#include "base/arena.h"

struct kconfig;

/* Read the options of a kernel release. Never NULL: where no file can be read
 * all options are unset. Lives in the arena. */
struct kconfig *kconfig_read(struct arena *a, const char *release);

/* The same from text of the .config format; for tests. */
struct kconfig *kconfig_from_text(struct arena *a, const char *text,
				  size_t len);

/* Value of "CONFIG_X", strings without their quotes; "" when unset. */
const char *kconfig_get(const struct kconfig *k, const char *name);

#endif
