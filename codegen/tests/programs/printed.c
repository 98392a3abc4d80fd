/* Replies in memory, for a debugger: reads one file into each buffer, and stops. */
#include <stdio.h>
#ifdef KERNEL
#include <linux/vfio.h>
#else
#include "vfio_abi.h"
#endif

struct buffer {
	_Alignas(8) unsigned char bytes[4096];
};

struct buffer buffers[16];

static void stop(void)
{
	__asm__ volatile("");
}

int main(int argc, char **argv)
{
	for (int at = 1; at < argc && at <= 16; at++) {
		FILE *file = fopen(argv[at], "rb");

		if (!file)
			return 1;
		if (!fread(buffers[at - 1].bytes, 1, sizeof(buffers[0]), file))
			return 1;
		fclose(file);
	}
	stop();
	return 0;
}
