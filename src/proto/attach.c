/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "proto/attach.h"

enum { USER = ATTACH_IN_USER, KERNEL = ATTACH_IN_KERNEL };

const char *const attach_kind_text[] = {
#define ATTACH(kind, text, where) text,
#include "proto/attach.def"
#undef ATTACH
};

const uint8_t attach_kind_where[] = {
#define ATTACH(kind, text, where) where,
#include "proto/attach.def"
#undef ATTACH
};

const unsigned attach_kind_count =
	sizeof(attach_kind_text) / sizeof(attach_kind_text[0]);
