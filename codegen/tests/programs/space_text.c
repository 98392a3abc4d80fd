/*
 * Writes the conformance text of chains in a space with the generated header, from
 * bytes and through accessors. Compiled together with chains.h; STEM becomes the
 * prefix of the header.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "generated/include/STEM.h"

size_t space_text(const char *chain, const __u8 *bytes, size_t len,
		  int accessors, char *text, size_t room);
const char *space_chain(size_t nth);

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

/* The text, and the number of its bytes so far. */
struct text {
	char *bytes;
	size_t len;
	size_t room;
};

static struct text text;

__attribute__((format(printf, 1, 2))) static void put(const char *format, ...)
{
	const size_t left = text.room - text.len;
	va_list values;
	int len;

	va_start(values, format);
	len = vsnprintf(text.bytes + text.len, left, format, values);
	va_end(values);
	if (len < 0 || (size_t)len >= left)
		abort();
	text.len += (size_t)len;
}

static void number(const char *name, unsigned long long value)
{
	put("  %s=%llu\n", name, value);
}

static void head(const struct STEM_space_cap *cap, const char *name)
{
	put("cap at=%u id=%u version=%u name=%s\n", cap->at, cap->id,
	       cap->version, name);
}

static void limited(const struct STEM_space_cap *cap)
{
	put("error body_limited at=%u id=%u need=%u size=%u\n", cap->at,
	       cap->id, cap->need, cap->size);
}

static void damage(const struct STEM_space_walk *walk, int kind)
{
	static const char *const words[] = {
		"out_of_bounds", "inside_fixed", "header_cut", "cycle",
	};

	put("error %s at=%u\n", words[-65601 - kind], walk->error_at);
}

/* Checks the result of a search, and the capability that it found. */
static void same_search(int expected, int found,
			const struct STEM_space_cap *cap,
			const struct STEM_space_cap *same)
{
	if (found != expected || same->at != cap->at ||
	    same->need != cap->need || same->size != cap->size)
		abort();
}

#include "chains.h"

/* The name of a chain, or NULL after the last one. */
const char *space_chain(size_t nth)
{
	return nth < sizeof(names) / sizeof(*names) ? names[nth] : NULL;
}

/* Writes the text of a chain to the room and returns its length. */
size_t space_text(const char *chain, const __u8 *bytes, size_t len,
		  int accessors, char *room, size_t size)
{
	struct device device = { bytes, len };
	struct SPACE space = STEM_space_of(bytes, len);

	if (accessors)
		space = STEM_space_read_by(read_device, &device, (__u32)len);
	text.bytes = room;
	text.len = 0;
	text.room = size;
	put("reply argsz=none need=none\n");
	canonical(chain, &space);
	return text.len;
}
