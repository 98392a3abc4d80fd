/*
 * Compares the walk with one that follows docs/protocol.md word by word, over
 * many random replies with a chain of a device.
 */
#include "vfio_abi.h"
#include "check.h"

#define REPLIES	500000
#define MOST	72	/* bytes of a reply */
#define BOUND	20	/* of the chain */

/* The result of a walk: the capabilities, and its end. */
struct outcome {
	int	count, end;
	__u32	at[16], id[16], size[16];
	int	known[16];
	__u64	value;
};

/* The end of the last field of a version; 0 for an unknown id. */
static __u64 need(__u64 id, __u64 version)
{
	switch (version ? id : 0) {
	case 1:
		return version == 1 ? 32 : version == 2 ? 36 : 40;
	case 2:
		return version == 1 ? 39 : 42;
	case 3:
	case 4:
		return 12;
	case 5:
		return 16;
	default:
		return 0;
	}
}

/* The first error of a body, in the order of the document; 0 without error. */
static int body(const unsigned char *bytes, __u64 len, __u64 at, __u64 next,
		__u64 *value)
{
	__u16 id, version;
	__u64 end, count;

	memcpy(&id, bytes + at, 2);
	memcpy(&version, bytes + at + 2, 2);
	if (!need(id, version))
		return 0;
	end = at + need(id, version);
	*value = need(id, version);
	if (end > len)
		return VFIO_ABI_BODY_SHORT;
	*value = next;
	if (next > at && end > next)
		return VFIO_ABI_OVERLAP;
	if (id != 3 && id != 4)
		return 0;
	count = get32(bytes, at + 8);
	end = at + 12 + count;
	*value = count;
	if (end > len)
		return VFIO_ABI_COUNT_OUT_OF_BOUNDS;
	*value = next;
	return next > at && end > next ? VFIO_ABI_OVERLAP : 0;
}

/* The walk of a reply of len bytes. */
static void expected(const unsigned char *bytes, __u64 len, __u64 at,
		     struct outcome *out)
{
	__u64 next, end;
	__u16 id, version;

	memset(out, 0, sizeof(*out));
	for (;;) {
		out->at[out->count] = (__u32)at;
		out->end = at < BOUND ? VFIO_ABI_INSIDE_FIXED :
			   at >= len ? VFIO_ABI_OUT_OF_BOUNDS :
			   at + 8 > len ? VFIO_ABI_HEADER_CUT :
			   out->count >= (int)(len / 8) ? VFIO_ABI_CYCLE : 0;
		if (out->end)
			return;
		memcpy(&id, bytes + at, 2);
		memcpy(&version, bytes + at + 2, 2);
		next = get32(bytes, at + 4);
		out->end = body(bytes, len, at, next, &out->value);
		if (out->end)
			return;
		end = next > at && next < len ? next : len;
		out->id[out->count] = id;
		out->known[out->count] = need(id, version) != 0;
		out->size[out->count++] = (__u32)(end - at);
		out->at[out->count] = (__u32)at;
		out->value = 0;
		out->end = next == at ? VFIO_ABI_CYCLE : 0;
		if (!next || out->end)
			return;
		at = next;
	}
}

static void compare(const unsigned char *bytes, __u32 len,
		    const struct outcome *out)
{
	struct vfio_abi_device_info info;
	struct vfio_abi_walk walk;
	struct vfio_abi_cap cap = { 0 };

	SAME(vfio_abi_device_info_parse(bytes, len, &info), 0);
	walk = vfio_abi_device_caps(&info);
	for (int nth = 0; nth < out->count; nth++) {
		SAME(vfio_abi_device_next(&walk, &cap), 1);
		SAME(cap.at, out->at[nth]);
		SAME(cap.id, out->id[nth]);
		SAME(cap.size, out->size[nth]);
		SAME(cap.known, out->known[nth]);
	}
	SAME(vfio_abi_device_next(&walk, &cap), out->end);
	if (out->end) {
		SAME(walk.error.at, out->at[out->count]);
		SAME(walk.error.value, out->value);
	}
}

static __u32 random_number(void)
{
	static __u64 state = 1;

	state = state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (__u32)(state >> 33);
}

/* A random offset of a capability: mostly one of a few. */
static __u32 offset(const __u32 *places)
{
	switch (random_number() % 16) {
	case 0:
		return random_number() % (MOST + 8);
	case 1:
		return random_number();
	case 2:
	case 3:
		return 0;
	default:
		return places[random_number() % 4];
	}
}

/* A reply with up to four capabilities of any kind. */
static __u32 make_up(unsigned char *bytes)
{
	__u32 len = 24 + random_number() % (MOST - 23), places[4];

	memset(bytes, 0, MOST);
	for (int nth = 0; nth < 4; nth++) {
		places[nth] = BOUND + random_number() % (MOST - BOUND - 11);
		if (random_number() % 4)
			places[nth] &= ~3u;
	}
	for (int nth = 0; nth < 4; nth++) {
		header(bytes, places[nth], random_number() % 8,
		       random_number() % 4, offset(places));
		put32(bytes, places[nth] + 8, random_number() % 30);
	}
	put32(bytes, 0, len);
	put32(bytes, 4, VFIO_DEVICE_FLAGS_CAPS);
	put32(bytes, 16, random_number() % 8 ? places[0] : offset(places));
	return get32(bytes, 16) ? len : 0;
}

int main(void)
{
	unsigned char bytes[MOST];
	struct outcome out;
	unsigned ends[9] = { 0 };

	for (int reply = 0; reply < REPLIES; reply++) {
		__u32 len = make_up(bytes);

		if (!len)
			continue;
		expected(bytes, len, get32(bytes, 16), &out);
		compare(exact(bytes, len), len, &out);
		ends[out.end ? VFIO_ABI_TOO_SHORT - out.end : 0]++;
	}
	/* Every kind of end occurred. */
	for (int kind = 2; kind < 9; kind++)
		CHECK(ends[kind] > 1000);
	CHECK(ends[0] > 1000);
	return 0;
}
