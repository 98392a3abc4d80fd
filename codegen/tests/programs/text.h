/*
 * Prints the conformance text of a reply with the generated header. Compiled
 * together with chains.h, which the tests write from the resolved ABI.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The line for a buffer that is not a reply. */
static void no_reply(__u32 len, __u32 minsz)
{
	printf("too_short len=%u minsz=%u\n", len, minsz);
}

/* The line for a reply. */
static void reply(__u32 argsz, __u32 need)
{
	printf("reply argsz=%u need=", argsz);
	need ? printf("%u\n", need) : printf("none\n");
}

/* The first line of a chain without a host. */
static void no_host(void)
{
	printf("reply argsz=none need=none\n");
}

/* The line for a capability. */
static void capability(__u32 at, __u32 id, __u32 version, const char *name)
{
	printf("cap at=%u id=%u version=%u name=%s\n", at, id, version, name);
}

/* The line for a number. */
static void number(const char *name, unsigned long long value)
{
	printf("  %s=%llu\n", name, value);
}

static void signed_number(const char *name, long long value)
{
	printf("  %s=%lld\n", name, value);
}

/* The line for a number in an element; member is "." and a name, or empty. */
static void element(const char *array, unsigned nth, const char *member,
		    unsigned long long value)
{
	printf("  %s[%u]%s=%llu\n", array, nth, member, value);
}

static void signed_element(const char *array, unsigned nth, const char *member,
			   long long value)
{
	printf("  %s[%u]%s=%lld\n", array, nth, member, value);
}

/* The line for an array of bytes. */
static void hex(const char *name, const __u8 *bytes, __u32 count)
{
	printf("  %s=", name);
	for (__u32 nth = 0; nth < count; nth++)
		printf("%02x", bytes[nth]);
	printf("\n");
}

/* The line for an error; kinds count from 0, in the header's order. */
static void damage(int kind, __u32 at, __u32 id, __u64 value)
{
	static const char *const words[] = {
		"out_of_bounds", "inside_fixed", "header_cut", "cycle",
		"body_short", "count_out_of_bounds", "overlap",
	};
	static const char *const details[] = { "need", "count", "next" };

	printf("error %s at=%u", words[kind], at);
	if (kind >= 4)
		printf(" id=%u %s=%llu", id, details[kind - 4],
		       (unsigned long long)value);
	printf("\n");
}

/* Not every ABI needs all of them. */
static void (*const all[])(void) __attribute__((unused)) = {
	(void (*)(void))no_reply, (void (*)(void))reply,
	(void (*)(void))no_host, (void (*)(void))capability,
	(void (*)(void))number, (void (*)(void))signed_number,
	(void (*)(void))element, (void (*)(void))signed_element,
	(void (*)(void))hex, (void (*)(void))damage,
};

#include "chains.h"
