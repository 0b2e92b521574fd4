/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Three threads, a child, and another program in a child. */
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

static void *run(void *p)
{
	return p;
}

int main(void)
{
	pthread_t thread;
	int i;

	for (i = 0; i < 3; i++) {
		pthread_create(&thread, NULL, run, NULL);
		pthread_join(thread, NULL);
	}
	if (!fork())
		_exit(0);
	wait(NULL);
	if (!vfork()) {
		execl("/bin/true", "true", NULL);
		_exit(1);
	}
	wait(NULL);
	getpgid(77);
	return 0;
}
