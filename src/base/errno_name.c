/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See errno_name.h. */
#include "base/errno_name.h"

#include <stddef.h>
#include <string.h>

/* What glibc does not name. */
static const struct {
	int number;
	const char *name;
} internal[] = {
	{ 512, "ERESTARTSYS" },    { 513, "ERESTARTNOINTR" },
	{ 514, "ERESTARTNOHAND" }, { 515, "ENOIOCTLCMD" },
	{ 516, "ERESTART_RESTARTBLOCK" }, { 517, "EPROBE_DEFER" },
	{ 518, "EOPENSTALE" },     { 519, "ENOPARAM" },
	{ 521, "EBADHANDLE" },     { 522, "ENOTSYNC" },
	{ 523, "EBADCOOKIE" },     { 524, "ENOTSUPP" },
	{ 525, "ETOOSMALL" },      { 526, "ESERVERFAULT" },
	{ 527, "EBADTYPE" },       { 528, "EJUKEBOX" },
	{ 529, "EIOCBQUEUED" },    { 530, "ERECALLCONFLICT" },
};

const char *errno_name(int64_t number)
{
	size_t i;

	if (number < 0 && number > -4096)
		number = -number;
	if (number > 0 && number < 512)
		return strerrorname_np((int)number);
	for (i = 0; i < sizeof(internal) / sizeof(internal[0]); i++)
		if (internal[i].number == number)
			return internal[i].name;
	return NULL;
}
