/*
 * Prints the text of the records of each case in a file, as record_cases.rs does.
 * Compiled by the tests.
 */
#include <stdio.h>
#include <stdlib.h>

size_t record_text(const char *kind, unsigned type, const void *bytes,
		   size_t size, char *text, size_t room);

int main(int argc, char **argv)
{
	static char text[1 << 20];
	FILE *file = fopen(argv[argc - 1], "rb");
	unsigned head[2];
	char kind[16];

	while (fread(head, 8, 1, file) == 1 && fread(kind, 16, 1, file) == 1) {
		/* as long as the records, so that a sanitizer sees every byte beyond */
		unsigned char *bytes = malloc(head[0] ? head[0] : 1);

		if (head[0] && fread(bytes, head[0], 1, file) != 1)
			abort();
		fwrite(text, 1, record_text(kind, head[1], bytes, head[0], text,
					    sizeof(text)), stdout);
		printf("end\n");
		free(bytes);
	}
	fclose(file);
	return 0;
}
