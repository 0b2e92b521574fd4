/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * timer.profile and perf.*: a perf event on each CPU. n0 is its type, n1 its
 * configuration, n2 the period, or below 0 that many samples a second.
 */
#include "core.h"

#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/perf_event.h>
#include <linux/slab.h>

struct counters {
	struct perf_event *of_cpu[NR_CPUS];
};

static void on_overflow(struct perf_event *event, struct perf_sample_data *data,
			struct pt_regs *regs)
{
	struct sp_hit hit = { .regs = regs };

	sp_probe_hit(event->overflow_handler_context, &hit);
}

static void release_counters(struct counters *c)
{
	int cpu;

	for_each_possible_cpu(cpu)
		if (c->of_cpu[cpu])
			perf_event_release_kernel(c->of_cpu[cpu]);
	kvfree(c);
}

int sp_perf_attach(struct sp_probe *p)
{
	struct perf_event_attr attr = {
		.type = p->n0,
		.config = p->n1,
		.size = sizeof(attr),
		.freq = p->n2 < 0,
		.sample_period = p->n2 < 0 ? -p->n2 : p->n2,
	};
	struct counters *c = kvzalloc(sizeof(*c), GFP_KERNEL);
	long rc = c ? 0 : -ENOMEM;
	int cpu;

	if (c) {
		cpus_read_lock();
		for_each_online_cpu(cpu) {
			struct perf_event *e = perf_event_create_kernel_counter(
				&attr, cpu, NULL, on_overflow, p);

			rc = IS_ERR(e) ? PTR_ERR(e) : 0;
			if (rc)
				break;
			c->of_cpu[cpu] = e;
		}
		cpus_read_unlock();
	}
	if (rc) {
		if (c)
			release_counters(c);
		sp_error("probe %s registration error (rc %ld)", p->point, rc);
		return rc;
	}
	p->state = c;
	return 0;
}

void sp_perf_detach(struct sp_probe *p)
{
	release_counters(p->state);
	p->state = NULL;
}
