/*
 * Prints the conformance text of replies with the generated header. Each line
 * of the input has a chain, a byte order, a layout and the bytes in
 * hexadecimal; each answer ends with a line ".", and is "?" for an unknown
 * chain, byte order or layout. Compiled by the tests together with text.h.
 */
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "text.h"

/* The byte order and the layout that this program reads. */
static int knows(const char *order, const char *layout)
{
	const __u16 one = 1;
	const int little = *(const __u8 *)&one;

	return !strcmp(order, little ? "le" : "be") && !strcmp(layout, "lp64");
}

/* Answers a line; its bytes are in separate memory, at an odd address. */
static void answer(const char *chain, const char *hexadecimal)
{
	size_t len = strlen(hexadecimal) / 2;
	__u8 *bytes = malloc(len + 1);
	unsigned byte;

	if (!bytes)
		exit(2);
	for (size_t at = 0; at < len; at++) {
		if (sscanf(hexadecimal + 2 * at, "%2x", &byte) != 1)
			exit(3);
		bytes[at + 1] = (__u8)byte;
	}
	if (!canonical(chain, bytes + 1, len))
		printf("?\n");
	free(bytes);
}

int main(void)
{
	static char line[1 << 20];

	while (fgets(line, sizeof(line), stdin)) {
		const char *chain = strtok(line, " ");
		const char *order = strtok(NULL, " ");
		const char *layout = strtok(NULL, " ");
		const char *bytes = strtok(NULL, "\n");

		if (!chain || !order || !layout)
			return 4;
		if (knows(order, layout))
			answer(chain, bytes ? bytes : "");
		else
			printf("?\n");
		printf(".\n");
	}
	return 0;
}
