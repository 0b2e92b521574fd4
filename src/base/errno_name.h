/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of error numbers, those that the kernel keeps to itself too. */
#ifndef SPILE_BASE_ERRNO_NAME_H
#define SPILE_BASE_ERRNO_NAME_H

#include <stdint.h>

/* "ENOENT" for 2 and for -2; NULL if there is none. */
const char *errno_name(int64_t number);

#endif
