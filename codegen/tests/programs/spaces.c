/*
 * Prints the conformance text of chains in a space, as space_text.c writes it. Each
 * line of the input has a chain and the bytes in hexadecimal; each answer ends with a
 * line ".". With an argument, a function reads the bytes. Compiled by the tests.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/types.h>

size_t space_text(const char *chain, const __u8 *bytes, size_t len,
		  int accessors, char *text, size_t room);

int main(int argc, char **argv)
{
	static char line[1 << 16];
	static char text[1 << 20];

	(void)argv;
	while (fgets(line, sizeof(line), stdin)) {
		const char *chain = strtok(line, " ");
		const char *hex = strtok(NULL, "\n");
		const size_t len = hex ? strlen(hex) / 2 : 0;
		__u8 *bytes = malloc(len + 1);
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
		fwrite(text, 1, space_text(chain, bytes, len, argc > 1, text,
					   sizeof(text)), stdout);
		printf(".\n");
		free(bytes);
	}
	return 0;
}
