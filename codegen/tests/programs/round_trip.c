
/*
 * Prints for each line, which has a chain and the bytes of a reply in
 * hexadecimal, the bytes that are written again. The tests put this after
 * functions for each chain.
 */
#include <stdio.h>

int main(void)
{
	static char line[1 << 16];

	while (fgets(line, sizeof(line), stdin)) {
		char *text = strchr(line, ' ');
		size_t len = 0;
		__u8 *bytes, *out;
		unsigned byte;

		if (!text)
			return 1;
		*text++ = '\0';
		bytes = malloc(strlen(text));
		out = calloc(1, strlen(text));
		if (!bytes || !out)
			return 1;
		for (; sscanf(text + 2 * len, "%2x", &byte) == 1; len++)
			bytes[len] = (__u8)byte;
		written(line, bytes, len, out);
		for (size_t at = 0; at < len; at++)
			printf("%02x", out[at]);
		printf("\n");
		free(bytes);
		free(out);
	}
	return 0;
}
