/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A session without a script, to test the transport and staprun with: it does
 * what its parameters say. Built with the transport's files by plain kbuild.
 */
#include "session.h"

#include "compat.h"
#include "param.h"
#include "transport.h"

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/string.h>
#include <linux/timer.h>

static s64 begin_fails;           /* start() returns it */
static s64 exits = 1;             /* ask for the end in start() */
static s64 lines;                 /* of output in start() */
static s64 tick_lines;            /* of output by each tick of a timer */
static s64 warns;                 /* warnings in start() */
static s64 sleep_ms;              /* time start() takes */
static s64 writers;               /* threads that write lines at once */
static char text[128] = "Hello World!";
static char command[128];
static struct sp_param_string text_at = { sizeof(text), text };
static struct sp_param_string command_at = { sizeof(command), command };
static struct timer_list timer;
static struct completion written;
static bool stopping;
static u64 ticks;

#define LONG(name) \
	static const char __param_name_##name[] = #name; \
	static struct kernel_param __param_of_##name __used __section("__param") \
		__aligned(sizeof(void *)) = { __param_name_##name, THIS_MODULE, \
			&sp_param_ops_long, 0, -1, 0, { &name } }; \
	MODULE_INFO(parmtype, #name ":int64_t")

LONG(begin_fails);
LONG(exits);
LONG(lines);
LONG(tick_lines);
LONG(warns);
LONG(sleep_ms);
LONG(writers);

#define STRING(name) \
	static const char __param_name_##name[] = #name; \
	static struct kernel_param __param_of_##name __used __section("__param") \
		__aligned(sizeof(void *)) = { __param_name_##name, THIS_MODULE, \
			&sp_param_ops_str, 0, -1, 0, { &name##_at } }; \
	MODULE_INFO(parmtype, #name ":string")

STRING(text);
STRING(command);

static void say(u64 number)
{
	char line[192];
	int n = scnprintf(line, sizeof(line), "%llu %s\n", number, text);

	sp_out_write(line, (size_t)n);
}

static void on_tick(struct timer_list *t)
{
	s64 i;

	for (i = 0; i < tick_lines; i++)
		say(++ticks);
	if (!READ_ONCE(stopping))
		mod_timer(t, jiffies + 1);
}

/* Lines "writer K NUMBER …" of odd lengths, of each of which every byte is
 * told by the length; a timer interrupts now and then. */
static int write_lines(void *which)
{
	char line[160];
	s64 i;

	for (i = 1; i <= lines; i++) {
		int n = scnprintf(line, sizeof(line), "writer %ld %lld ",
				  (long)which, i);
		int fill = (int)(i * 7 % 100);

		memset(line + n, '0' + fill % 10, (size_t)fill);
		line[n + fill] = '\n';
		sp_out_write(line, (size_t)(n + fill + 1));
		if (i % 64 == 0)
			cond_resched();
	}
	complete(&written);
	return 0;
}

/* Start the writers and wait for their end. */
static void run_writers(void)
{
	s64 i, started = 0;

	init_completion(&written);
	for (i = 0; i < writers; i++)
		if (!IS_ERR(kthread_run(write_lines, (void *)(long)i,
					"writer%lld", i)))
			started++;
	while (started--)
		wait_for_completion(&written);
}

int sp_session_init(void)
{
	timer_setup(&timer, on_tick, 0);
	return 0;
}

int sp_session_start(void)
{
	s64 i;

	if (sleep_ms)
		msleep((unsigned int)sleep_ms);
	if (begin_fails) {
		sp_error("this session does not start");
		return (int)begin_fails;
	}
	sp_out_write(text, strlen(text));
	sp_out_write("\n", 1);
	for (i = 1; i <= lines && !writers; i++)
		say((u64)i);
	for (i = 1; i <= warns; i++)
		sp_warn("number %lld", i);
	if (command[0])
		sp_run_command(command, strlen(command));
	if (sp_target())
		say((u64)sp_target());
	if (tick_lines)
		mod_timer(&timer, jiffies + 1);
	if (writers)
		run_writers();
	if (exits)
		sp_request_exit();
	return 0;
}

void sp_session_stop(void)
{
	static const char end[] = "the end\n";

	WRITE_ONCE(stopping, true);
	sp_timer_delete_sync(&timer);
	sp_out_write(end, sizeof(end) - 1);
}

void sp_session_exit(void)
{
}
