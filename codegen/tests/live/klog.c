/*
 * Prints the kernel's log as dmesg does, which the guest does not have.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/klog.h>

#define READ_ALL	3
#define SIZE_BUFFER	10

int main(void)
{
	int size = klogctl(SIZE_BUFFER, NULL, 0);
	char *log = size > 0 ? malloc(size) : NULL, *from = log;
	int len = log ? klogctl(READ_ALL, log, size) : -1;

	if (len < 0) {
		perror("klogctl");
		return 1;
	}
	/* Without the level at the start of each line. */
	for (int start = 1; from < log + len; from++) {
		if (start && *from == '<')
			while (*from != '>')
				from++;
		else
			putchar(*from);
		start = *from == '\n';
	}
	return 0;
}
