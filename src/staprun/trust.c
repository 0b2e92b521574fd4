/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "staprun/trust.h"

#include "proto/control.h"

#define EVERYTHING (CONTROL_STAPDEV | CONTROL_STAPSYS | CONTROL_STAPUSR)

static const char *level_name(uint32_t bits)
{
	return bits & CONTROL_STAPDEV ? "stapdev" :
	       bits & CONTROL_STAPSYS ? "stapsys" :
	       bits & CONTROL_STAPUSR ? "stapusr" :
					"none";
}

uint32_t trust_decide(const struct trust_facts *f, const char *path,
		      struct strbuf *err)
{
	/* Somebody changed it: that is wrong whoever asks. */
	if (f->signature == TRUST_ALTERED) {
		strbuf_addf(err,
			    "Unable to verify the signed module %s. It may "
			    "have been altered since it was created.",
			    path);
		return 0;
	}
	if (f->root || (f->groups & CONTROL_STAPDEV))
		return EVERYTHING;
	if (f->signature == TRUST_SIGNED) {
		if (f->needs & f->groups)
			return f->groups;
		strbuf_addf(err,
			    "Your privilege credentials (%s) are insufficient "
			    "to load the module %s (%s required)",
			    level_name(f->groups), path, level_name(f->needs));
		return 0;
	}
	/* An administrator put it there for everybody who may run us. */
	if (f->blessed)
		return EVERYTHING;
	strbuf_addf(err,
		    "You are trying to run the module %s as a normal user: run "
		    "it as root",
		    path);
	return 0;
}
