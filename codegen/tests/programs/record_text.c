/*
 * Writes the text of the records of descriptors with the generated header. Compiled
 * together with kinds.h; STEM becomes the prefix of the header.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "generated/include/STEM.h"

size_t record_text(const char *kind, unsigned type, const void *bytes,
		   size_t size, char *text, size_t room);
const char *record_kind(size_t nth);

/* The text, and the number of its bytes so far. */
static char *text_bytes;
static size_t text_len, text_room;

__attribute__((format(printf, 1, 2))) static void put(const char *format, ...)
{
	const size_t left = text_room - text_len;
	va_list values;
	int len;

	va_start(values, format);
	len = vsnprintf(text_bytes + text_len, left, format, values);
	va_end(values);
	if (len < 0 || (size_t)len >= left)
		abort();
	text_len += (size_t)len;
}

static void number(const char *name, unsigned long long value)
{
	put(" %s=%llu", name, value);
}

static void hex(const void *data, size_t len)
{
	for (size_t at = 0; at < len; at++)
		put(" %02x", ((const unsigned char *)data)[at]);
}

#include "kinds.h"

size_t record_text(const char *kind, unsigned type, const void *bytes,
		   size_t size, char *text, size_t room)
{
	text_bytes = text;
	text_len = 0;
	text_room = room;
	read_kind(kind, bytes, size, type);
	return text_len;
}

/* The kind of this index, or NULL. */
const char *record_kind(size_t nth)
{
	return nth < sizeof(kinds) / sizeof(*kinds) ? kinds[nth] : NULL;
}
