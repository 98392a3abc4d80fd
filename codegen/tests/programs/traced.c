/*
 * A program for `trace`: calls of threads and of a child, a program that it becomes, a
 * signal that interrupts a call, a stop by itself, and descriptors that are all closed. The
 * file is /dev/null, which knows no such ioctl.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "vfio_abi.h"

#define THREADS	4
#define CALLS	25

static volatile sig_atomic_t interrupted;

static void interrupt(int number)
{
	(void)number;
	interrupted = 1;
}

static void ask(int fd, unsigned int index)
{
	struct vfio_irq_info info = { .argsz = sizeof(info), .index = index };

	if (ioctl(fd, VFIO_DEVICE_GET_IRQ_INFO, &info) != -1 || errno != ENOTTY)
		printf("unexpected: %m\n");
}

static void *thread(void *argument)
{
	int fd = *(int *)argument;

	for (unsigned int call = 0; call < CALLS; call++)
		ask(fd, call);
	return NULL;
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = interrupt };
	pthread_t threads[THREADS];
	int fd, status;
	pid_t child;

	fd = open("/dev/null", O_RDWR);
	if (argc > 1) {
		ask(fd, 99);
		puts(argv[1]);
		return 7;
	}
	for (int at = 0; at < THREADS; at++)
		pthread_create(&threads[at], NULL, thread, &fd);
	for (int at = 0; at < THREADS; at++)
		pthread_join(threads[at], NULL);
	sigaction(SIGALRM, &action, NULL);
	alarm(1);
	pause();
	printf("interrupted %d\n", (int)interrupted);
	fflush(stdout);
	child = fork();
	if (!child) {
		ask(fd, 50);
		raise(SIGSTOP);
		_exit(3);
	}
	waitpid(child, &status, WUNTRACED);
	printf("stopped %d\n", WIFSTOPPED(status));
	kill(child, SIGCONT);
	waitpid(child, &status, 0);
	printf("exit code %d\n", WEXITSTATUS(status));
	fflush(stdout);
	ioctl(fd, VFIO_DEVICE_GET_INFO, NULL);
	for (int at = 3; at < 256; at++)
		close(at);
	execv("/proc/self/exe", (char *[]){ argv[0], "again", NULL });
	return 1;
}
