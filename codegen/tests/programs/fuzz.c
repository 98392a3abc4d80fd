/*
 * The C header on any bytes, alone, so that it can be built with sanitizers and
 * with a fuzzer: walks and reads replies of all chains, builds replies by all
 * profiles, asks peers that answer anything, and reads spaces and records of other
 * ABIs. Compiled together with trace.c, reply.c, space/space_text.c and
 * records/record_text.c, for whose sake profiles.h is written.
 *
 * As it stands it is a target of libFuzzer; with RECORDS it is a program that
 * reads such bytes from standard input, each after its size in 4 bytes, and
 * prints how many there were.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "header.h"
#include "profiles.h"

size_t trace_chain(size_t chain, const __u8 *bytes, size_t len, __u64 *out);
size_t space_text(const char *chain, const __u8 *bytes, size_t len,
		  int accessors, char *text, size_t room);
const char *space_chain(size_t nth);
size_t record_text(const char *kind, unsigned type, const void *bytes,
		   size_t size, char *text, size_t room);
const char *record_kind(size_t nth);

struct new_cap {
	__u32	id;
	__u32	version;
	const __u8 *body;
	size_t	size;
};

__u32 build_reply(size_t profile, __u8 *bytes, size_t len, const __u64 *values,
		  const struct new_cap *caps, size_t count);

#define COUNT(array)	(sizeof(array) / sizeof(*(array)))

/*
 * A copy, or uninitialised memory, at an odd address; to be freed one byte
 * before.
 */
static __u8 *exact(const __u8 *bytes, size_t len)
{
	__u8 *copy = malloc(len + 1);

	if (!copy)
		abort();
	if (bytes && len)
		memcpy(copy + 1, bytes, len);
	return copy + 1;
}

/* Reads a reply as one of each chain. */
static void walk(const __u8 *bytes, size_t len)
{
	__u64 words[256];
	__u8 *copy = exact(bytes, len);

	/* There are no more chains than profiles. */
	for (size_t chain = 0; chain < COUNT(profiles); chain++)
		trace_chain(chain, copy, len, words);
	free(copy - 1);
}

/*
 * Builds a reply: profile, size of the buffer and its argsz, a byte of all
 * values, then capabilities: id, version, size and body.
 */
static void build(const __u8 *bytes, size_t len)
{
	struct new_cap caps[8];
	__u64 values[8];
	size_t count = 0, size;
	__u32 argsz;
	__u8 *buffer;

	if (len < 4)
		return;
	memset(values, bytes[3], sizeof(values));
	size = bytes[1];
	argsz = bytes[2] == 255 ? 0xffffffff : bytes[2];
	buffer = exact(NULL, size);
	memset(buffer, 0xa5, size);
	memcpy(buffer, &argsz, size < 4 ? size : 4);
	size = bytes[0] % COUNT(profiles);
	for (__u32 at = 4; at + 3 <= len && count < COUNT(caps); count++) {
		caps[count].id = bytes[at];
		caps[count].version = bytes[at + 1];
		caps[count].size = bytes[at + 2];
		if (caps[count].size > len - at - 3)
			caps[count].size = len - at - 3;
		caps[count].body = bytes + at + 3;
		at += 3 + (__u32)caps[count].size;
	}
	build_reply(size, buffer, bytes[1], values, caps, count);
	for (size_t at = argsz; at < bytes[1]; at++)
		if (buffer[at] != 0xa5 && at >= 4)
			abort();
	free(buffer - 1);
}

/* The rest of a peer's script. */
struct script {
	const __u8 *bytes;
	size_t	len;
	__u32	calls;
};

/*
 * Answers: the first byte is the number of bytes to write, the second the
 * result.
 */
static int answer(struct ABI(request) *request)
{
	struct script *script = request->context;
	size_t count;
	int said;

	if (++script->calls > 8)
		abort();
	if (script->len < 2)
		return -1;
	count = script->bytes[0];
	said = script->bytes[1];
	script->bytes += 2;
	script->len -= 2;
	count = count < script->len ? count : script->len;
	if (count)
		memcpy(request->buf, script->bytes,
		       count < request->len ? count : request->len);
	script->bytes += count;
	script->len -= count;
	if (said > 100)
		request->written = said > 200 ? (size_t)-1 : count;
	return said < 4 ? -said : 0;
}

static int grow(struct ABI(request) *request, __u32 need)
{
	void *larger = need > 1 << 16 ? NULL : realloc(request->buf, need);

	if (!larger)
		return 1;
	request->buf = larger;
	request->len = need;
	return 0;
}

/*
 * Sends a request to a peer: the profile of the host, the buffer's size, the
 * script.
 */
static void ask(const __u8 *bytes, size_t len)
{
	const struct ABI(_host) *host;
	struct ABI(request) request;
	struct ABI(reply) reply;
	struct script script;
	static const __u8 inputs[64];

	if (len < 2)
		return;
	host = profiles[bytes[0] % COUNT(profiles)].profile->host;
	memset(&request, 0, sizeof(request));
	memset(&script, 0, sizeof(script));
	script.bytes = bytes + 2;
	script.len = len - 2;
	request.len = bytes[1] / 2;
	request.buf = malloc(request.len ? request.len : 1);
	if (!request.buf)
		abort();
	memset(request.buf, 0x5a, request.len);
	request.call = answer;
	request.grow = bytes[1] % 2 ? grow : NULL;
	request.context = &script;
	if (!ABI(_ask_chain)(&request, host, &reply, inputs) &&
	    (reply.len > request.len || reply.bytes != request.buf))
		abort();
	free(request.buf);
}

/* Reads each chain of a space, from bytes and through accessors. */
static void walk_space(const __u8 *bytes, size_t len)
{
	static char texts[2][1 << 20];
	__u8 *copy = exact(bytes, len);
	const char *chain;

	for (size_t nth = 0; (chain = space_chain(nth)); nth++) {
		size_t size = space_text(chain, copy, len, 0, texts[0],
					 sizeof(texts[0]));

		if (space_text(chain, copy, len, 1, texts[1],
			       sizeof(texts[1])) != size ||
		    memcmp(texts[0], texts[1], size))
			abort();
	}
	free(copy - 1);
}

/* Reads the bytes after the first as records of each kind, of that type. */
static void read_records(const __u8 *bytes, size_t len)
{
	static char text[1 << 20];
	const char *kind;
	__u8 *copy;

	if (!len)
		return;
	copy = exact(bytes + 1, len - 1);
	for (size_t nth = 0; (kind = record_kind(nth)); nth++)
		record_text(kind, bytes[0], copy, len - 1, text, sizeof(text));
	free(copy - 1);
}

/* The first byte chooses the test of the others. */
int LLVMFuzzerTestOneInput(const __u8 *bytes, size_t len);
int LLVMFuzzerTestOneInput(const __u8 *bytes, size_t len)
{
	static void (*const targets[])(const __u8 *bytes, size_t len) = {
		walk, build, ask, walk_space, read_records,
	};

	if (len)
		targets[bytes[0] % COUNT(targets)](bytes + 1, len - 1);
	return 0;
}

#ifdef RECORDS
int main(void)
{
	static __u8 bytes[1 << 16];
	unsigned long count = 0;
	__u8 size[4];
	size_t len;

	while (fread(size, 1, 4, stdin) == 4) {
		len = (size_t)size[0] | (size_t)size[1] << 8 |
		      (size_t)size[2] << 16 | (size_t)size[3] << 24;
		if (len > sizeof(bytes) || fread(bytes, 1, len, stdin) != len)
			return 2;
		LLVMFuzzerTestOneInput(bytes, len);
		count++;
	}
	printf("%lu records\n", count);
	return 0;
}
#endif
