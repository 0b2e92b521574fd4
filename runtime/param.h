/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Script globals as module parameters. Generated code defines entries shaped
 * like struct kernel_param in section "__param" with these operations; arg
 * points to an s64, or to a struct sp_param_string. Permissions are 0, so
 * that nothing shows in /sys.
 */
#ifndef SPILE_RUNTIME_PARAM_H
#define SPILE_RUNTIME_PARAM_H

#include <linux/moduleparam.h>
#include <linux/types.h>

struct sp_param_string {
	u32 size;   /* of text, NUL included */
	char *text;
};

/* Optional minus, then 0x…, 0… or decimal digits; what follows is ignored, as
 * are bits above 64. -EINVAL: no digit. */
extern const struct kernel_param_ops sp_param_ops_long;

/* Any bytes; -ENOSPC if it does not fit. After the parameter "_sp_hex" the
 * values of this kind are pairs of hexadecimal digits, so that all bytes can
 * pass the kernel's parser. */
extern const struct kernel_param_ops sp_param_ops_str;

#endif
