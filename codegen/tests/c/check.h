/*
 * Helpers for all tests of the header: a check, and functions that write
 * replies.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Fails the test and prints both numbers if they differ. */
#define SAME(left, right) same(__FILE__, __LINE__, #left, \
			       (unsigned long long)(left), \
			       (unsigned long long)(right))
#define CHECK(what) SAME(!(what), 0)

static inline void same(const char *file, int line, const char *what,
			unsigned long long left, unsigned long long right)
{
	if (left == right)
		return;
	fprintf(stderr, "%s:%d: %s is %#llx, expected %#llx\n", file, line,
		what, left, right);
	exit(1);
}

static inline void put16(unsigned char *bytes, size_t at, unsigned number)
{
	__u16 value = (__u16)number;

	memcpy(bytes + at, &value, 2);
}

static inline void put32(unsigned char *bytes, size_t at, __u32 number)
{
	memcpy(bytes + at, &number, 4);
}

static inline void put64(unsigned char *bytes, size_t at, __u64 number)
{
	memcpy(bytes + at, &number, 8);
}

static inline __u32 get32(const unsigned char *bytes, size_t at)
{
	__u32 number;

	memcpy(&number, bytes + at, 4);
	return number;
}

static inline __u64 get64(const unsigned char *bytes, size_t at)
{
	__u64 number;

	memcpy(&number, bytes + at, 8);
	return number;
}

/* The header of a capability. */
static inline void header(unsigned char *bytes, size_t at, unsigned id,
			  unsigned version, __u32 next)
{
	put16(bytes, at, id);
	put16(bytes, at + 2, version);
	put32(bytes, at + 4, next);
}

/*
 * A copy in separate memory at an odd address, so that a sanitizer detects
 * reads after its end. It is valid until the next call.
 */
static inline unsigned char *exact(const void *bytes, size_t len)
{
	static unsigned char *copy;

	free(copy);
	copy = malloc(len + 1);
	if (!copy)
		exit(2);
	if (len)
		memcpy(copy + 1, bytes, len);
	return copy + 1;
}
