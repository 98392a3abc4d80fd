/*
 * Prints the conformance text of chains in a space with the generated header.
 * Each line of the input has a chain and the bytes in hexadecimal; each answer
 * ends with a line ".". With an argument, a function reads the bytes. Compiled
 * by the tests together with chains.h; STEM becomes the prefix of the header.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "STEM.h"

#define SPACE STEM_space

struct device {
	const __u8 *bytes;
	size_t len;
};

/* Reads a device; every access must be aligned and inside. */
static __u32 read_device(void *context, __u32 at, __u32 width)
{
	const struct device *device = context;
	__u32 number = 0;

	if (at % width || at + width > device->len)
		abort();
	for (__u32 nth = width; nth > 0; nth--)
		number = number << 8 | device->bytes[at + nth - 1];
	return number;
}

static void number(const char *name, unsigned long long value)
{
	printf("  %s=%llu\n", name, value);
}

static void head(const struct STEM_space_cap *cap, const char *name)
{
	printf("cap at=%u id=%u version=%u name=%s\n", cap->at, cap->id,
	       cap->version, name);
}

static void limited(const struct STEM_space_cap *cap, unsigned long long need)
{
	printf("error body_limited at=%u id=%u need=%llu size=%u\n", cap->at,
	       cap->id, need, cap->size);
}

static void damage(const struct STEM_space_walk *walk,
		   const struct STEM_space_cap *cap, int kind)
{
	static const char *const words[] = {
		"out_of_bounds", "inside_fixed", "header_cut", "cycle",
	};

	if (kind <= -65605)
		limited(cap, walk->need);
	else
		printf("error %s at=%u\n", words[-65601 - kind],
		       walk->error_at);
}

#include "chains.h"

int main(int argc, char **argv)
{
	static char line[1 << 16];

	(void)argv;
	while (fgets(line, sizeof(line), stdin)) {
		const char *chain = strtok(line, " ");
		const char *hex = strtok(NULL, "\n");
		const size_t len = hex ? strlen(hex) / 2 : 0;
		__u8 *bytes = malloc(len + 1);
		struct device device = { bytes, len };
		struct SPACE space;
		unsigned byte;

		if (!bytes)
			return 2;
		for (size_t at = 0; at < len; at++) {
			if (sscanf(hex + 2 * at, "%2x", &byte) != 1)
				return 3;
			bytes[at] = (__u8)byte;
		}
		/* The sanitizer notices an access after the last byte. */
		bytes = realloc(bytes, len ? len : 1);
		device.bytes = bytes;
		space = STEM_space_of(bytes, len);
		if (argc > 1)
			space = STEM_space_read_by(read_device, &device,
						   (__u32)len);
		printf("reply argsz=none need=none\n");
		canonical(chain, &space);
		printf(".\n");
		free(bytes);
	}
	return 0;
}
