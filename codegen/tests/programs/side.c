/*
 * One release: writes replies with the profiles of its header, and prints
 * replies with its functions. Compiled together with sources that the tests
 * write from the resolved ABI; SIDE() gives its two entry points unique names,
 * so that pair.c can be linked with two of these files.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The output. */
static FILE *out;

#define printf(...) fprintf(out, __VA_ARGS__)
#define build_reply SIDE(build)
#include "reply.c"
#include "text.h"
#include "fixed.h"

/* Prints a reply, its chain first, which may be unknown in this release. */
void SIDE(tell)(FILE *to, const char *name, const char *chain,
		const __u8 *bytes, size_t len);
void SIDE(tell)(FILE *to, const char *name, const char *chain,
		const __u8 *bytes, size_t len)
{
	out = to;
	canonical(chain, bytes, len);
	for (size_t nth = 0; nth < sizeof(parts) / sizeof(*parts); nth++)
		if (!strcmp(name, parts[nth].name))
			parts[nth].tell(bytes, len);
}
