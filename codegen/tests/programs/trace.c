/*
 * A trace of a reply by the header: numbers that can be compared fast with
 * those of the generated crate, which trace.rs makes. Compiled together with
 * header.h, which includes the generated header, and chains.h; both are written
 * by the tests from the resolved ABI.
 */
#include <stdlib.h>
#include <string.h>
#include "header.h"

/* The number of stored numbers; trace.rs has the same constant. */
#define MOST	256

/* The subject of a number, as the high half of the number before it. */
enum { NO_REPLY = 1, REPLY, CAP, BYTES, DAMAGE };

/* The numbers; all further ones are mixed into the last one. */
static __u64 *words;
static size_t count;

static void word(__u64 value)
{
	__u64 mixed;

	if (count < MOST) {
		words[count] = value;
	} else {
		mixed = (words[MOST - 1] ^ value) * 0x100000001b3;
		words[MOST - 1] = mixed << 7 | mixed >> 57;
	}
	count++;
}

static void head(__u64 about, __u32 detail)
{
	word(about << 32 | detail);
}

static void no_reply(__u32 len, __u32 minsz)
{
	head(NO_REPLY, len);
	word(minsz);
}

static void reply(__u32 argsz, __u32 need)
{
	head(REPLY, argsz);
	word(need);
}

static void no_host(void)
{
	head(REPLY, 0);
}

static void capability(__u32 at, __u32 id, __u32 version, const char *name)
{
	head(CAP, at);
	word((__u64)id << 32 | version << 1 | (*name != '?'));
}

static void number(const char *name, unsigned long long value)
{
	(void)name;
	word(value);
}

static void signed_number(const char *name, long long value)
{
	(void)name;
	word((__u64)value);
}

static void element(const char *array, unsigned nth, const char *name,
		    unsigned long long value)
{
	(void)array;
	(void)name;
	word(nth);
	word(value);
}

static void signed_element(const char *array, unsigned nth, const char *name,
			   long long value)
{
	element(array, nth, name, (unsigned long long)value);
}

static void hex(const char *name, const __u8 *bytes, __u32 size)
{
	(void)name;
	head(BYTES, size);
	for (__u32 nth = 0; nth < size; nth++)
		word(bytes[nth]);
}

static void damage(int kind, __u32 at, __u32 id, __u64 value)
{
	head(DAMAGE, at);
	word((__u64)kind << 32 | id);
	word(value);
}

#include "chains.h"

/* Not every ABI needs all of them. */
static void (*const all[])(void) __attribute__((unused)) = {
	(void (*)(void))no_reply, (void (*)(void))reply,
	(void (*)(void))no_host, (void (*)(void))capability,
	(void (*)(void))number, (void (*)(void))signed_number,
	(void (*)(void))element, (void (*)(void))signed_element,
	(void (*)(void))hex, (void (*)(void))damage, (void (*)(void))canonical,
};

/*
 * The trace of a reply with the chain of this index; returns the number of
 * numbers.
 */
size_t trace_chain(size_t chain, const __u8 *bytes, size_t len, __u64 *out);
size_t trace_chain(size_t chain, const __u8 *bytes, size_t len, __u64 *out)
{
	words = out;
	count = 0;
	if (chain < sizeof(chains) / sizeof(*chains))
		chains[chain].tell(bytes, len);
	return count;
}
