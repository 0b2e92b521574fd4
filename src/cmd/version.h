/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Versions as every program prints them. */
#ifndef SPILE_CMD_VERSION_H
#define SPILE_CMD_VERSION_H

#ifndef SPILE_VERSION
#error "the build defines SPILE_VERSION"
#endif

/* The SystemTap version whose language and wire formats are spoken. */
#define SPILE_STAP_VERSION "5.6"

#endif
