/*
 * Prints the canonical text of replies by the generated header. Each line of
 * the input is a chain, a byte order, a layout and the bytes in hexadecimal;
 * each answer ends with a line ".", and is "?" for what this program does not
 * know. Compiled by the tests together with chains.h, which they write from the
 * resolved ABI.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The line of a buffer that is no reply. */
static void no_reply(__u32 len, __u32 minsz)
{
	printf("too_short len=%u minsz=%u\n", len, minsz);
}

/* The line of a reply. */
static void reply(__u32 argsz, __u32 need)
{
	printf("reply argsz=%u need=", argsz);
	need ? printf("%u\n", need) : printf("none\n");
}

/* The first line of a chain that no struct hosts. */
static void no_host(void)
{
	printf("reply argsz=none need=none\n");
}

/* The line of a capability. */
static void capability(__u32 at, __u32 id, __u32 version, const char *name)
{
	printf("cap at=%u id=%u version=%u name=%s\n", at, id, version, name);
}

/* The line of a number. */
static void number(const char *name, unsigned long long value)
{
	printf("  %s=%llu\n", name, value);
}

static void signed_number(const char *name, long long value)
{
	printf("  %s=%lld\n", name, value);
}

/* The line of a number in an element. */
static void element(const char *array, unsigned nth, const char *name,
		    unsigned long long value)
{
	printf("  %s[%u].%s=%llu\n", array, nth, name, value);
}

static void signed_element(const char *array, unsigned nth, const char *name,
			   long long value)
{
	printf("  %s[%u].%s=%lld\n", array, nth, name, value);
}

/* The line of an array of bytes. */
static void hex(const char *name, const __u8 *bytes, __u32 count)
{
	printf("  %s=", name);
	for (__u32 nth = 0; nth < count; nth++)
		printf("%02x", bytes[nth]);
	printf("\n");
}

/* The line of what is wrong; kinds count from 0, in the header's order. */
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

/* The byte order and the layout that this program reads. */
static int knows(const char *order, const char *layout)
{
	const __u16 one = 1;
	const int little = *(const __u8 *)&one;

	return !strcmp(order, little ? "le" : "be") && !strcmp(layout, "lp64");
}

/* Answers a line; its bytes lie in memory of their own, at an odd address. */
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
