/* Makes events of inotify and signals, and prints them by the C library's own structs. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

static void save(const char *name, const void *bytes, size_t size)
{
	FILE *file = fopen(name, "wb");

	fwrite(bytes, size, 1, file);
	fclose(file);
}

static void touch(const char *name)
{
	close(open(name, O_CREAT | O_WRONLY, 0600));
}

static int notices(void)
{
	static char bytes[8192] __attribute__((__aligned__(8)));
	const int fd = inotify_init1(IN_NONBLOCK);
	ssize_t size, at;

	mkdir("watched", 0700);
	if (fd < 0 || inotify_add_watch(fd, "watched", IN_ALL_EVENTS) < 0)
		return 1;
	touch("watched/a");
	touch("watched/a name of more than sixteen bytes");
	rename("watched/a", "watched/b");
	unlink("watched/b");
	chmod("watched", 0701);
	size = read(fd, bytes, sizeof(bytes));
	if (size <= 0)
		return 1;
	save("notices", bytes, size);
	for (at = 0; at < size;) {
		const struct inotify_event *event = (const void *)(bytes + at);
		const size_t whole = sizeof(*event) + event->len;
		unsigned int i;

		printf("record at=%zd size=%zu wd=%d mask=%u cookie=%u len=%u :", at, whole,
		       event->wd, event->mask, event->cookie, event->len);
		for (i = 0; i < event->len; i++)
			printf(" %02x", (unsigned char)event->name[i]);
		printf("\n");
		at += whole;
	}
	printf("end\n");
	return 0;
}

static int signals(void)
{
	static struct signalfd_siginfo events[4];
	sigset_t set;
	ssize_t size;
	size_t at;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_NONBLOCK);
	kill(getpid(), SIGUSR1);
	kill(getpid(), SIGUSR2);
	size = read(fd, events, sizeof(events));
	if (size <= 0)
		return 1;
	save("signals", events, size);
	for (at = 0; at < size / sizeof(events[0]); at++) {
		const struct signalfd_siginfo *one = &events[at];
		const unsigned char *rest = (const void *)&one->ssi_tid;
		const size_t before = rest - (const unsigned char *)one;
		size_t i;

		printf("record at=%zu size=%zu", at * sizeof(*one), sizeof(*one));
		printf(" signo=%llu errno_=%llu code=%llu pid=%llu uid=%llu fd=%llu",
		       (unsigned long long)one->ssi_signo, (unsigned long long)one->ssi_errno,
		       (unsigned long long)one->ssi_code, (unsigned long long)one->ssi_pid,
		       (unsigned long long)one->ssi_uid, (unsigned long long)one->ssi_fd);
		for (i = 0; i < sizeof(*one) - before; i++)
			printf(" rest=%u", rest[i]);
		printf("\n");
	}
	printf("end\n");
	return 0;
}

int main(void)
{
	return notices() || signals();
}
