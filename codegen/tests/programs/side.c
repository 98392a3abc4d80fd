/*
 * One release: writes replies by the profiles of its header, and tells replies
 * by its functions. Compiled together with sources that the tests write from the
 * resolved ABI; SIDE() makes its two entry points its own, so that pair.c can be
 * linked with two of it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where what is told goes. */
static FILE *out;

#define printf(...) fprintf(out, __VA_ARGS__)
#define build_reply SIDE(build)
#include "reply.c"
#include "text.h"
#include "fixed.h"

/* Tells a reply, its chain first, which this release may not know. */
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
