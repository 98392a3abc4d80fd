/* Every way to damage a chain, in the order of docs/protocol.md. */
#include "vfio_abi.h"
#include "check.h"

#define FLAG	8	/* VFIO_REGION_INFO_FLAG_CAPS */

static unsigned char reply[256];
static struct vfio_abi_walk walk;
static struct vfio_abi_cap cap;

/* A reply of a region of len bytes, whose chain starts at first. */
static void region(__u32 len, __u32 first)
{
	memset(reply, 0, sizeof(reply));
	put32(reply, 0, len);
	put32(reply, 4, FLAG);
	put32(reply, 12, first);
}

/* Walks the chain: over some capabilities, and then to an error or the end. */
static void walks(int count, int end, __u32 at, __u32 id, __u64 value)
{
	__u32 len = get32(reply, 0);
	struct vfio_abi_region_info info;
	unsigned char *copy = exact(reply, len);
	int found;

	SAME(vfio_abi_region_info_parse(copy, len, &info), 0);
	SAME(info.reply.need, 0);
	walk = vfio_abi_region_caps(&info);
	for (int nth = 0; nth < count; nth++)
		SAME(vfio_abi_region_next(&walk, &cap), 1);
	found = vfio_abi_region_next(&walk, &cap);
	SAME(found, end);
	SAME(walk.error.kind, end);
	SAME(walk.error.at, at);
	SAME(walk.error.id, id);
	SAME(walk.error.value, value);
	SAME(vfio_abi_region_next(&walk, &cap), end);
}

static void headers(void)
{
	/* The first capability has an error. */
	for (__u32 first = 1; first < 32; first++) {
		region(64, first);
		walks(0, VFIO_ABI_INSIDE_FIXED, first, 0, 0);
	}
	for (__u32 first = 64; first < 80; first++) {
		region(64, first);
		walks(0, VFIO_ABI_OUT_OF_BOUNDS, first, 0, 0);
	}
	for (__u32 first = 57; first < 64; first++) {
		region(64, first);
		walks(0, VFIO_ABI_HEADER_CUT, first, 0, 0);
	}
	region(64, 0xfffffff8);
	walks(0, VFIO_ABI_OUT_OF_BOUNDS, 0xfffffff8, 0, 0);
	region(32, 32);
	walks(0, VFIO_ABI_OUT_OF_BOUNDS, 32, 0, 0);

	/* The one before is returned. */
	region(64, 40);
	header(reply, 40, 99, 1, 31);
	walks(1, VFIO_ABI_INSIDE_FIXED, 31, 0, 0);
	header(reply, 40, 99, 1, 64);
	walks(1, VFIO_ABI_OUT_OF_BOUNDS, 64, 0, 0);
	header(reply, 40, 99, 1, 0xfffffff8);
	walks(1, VFIO_ABI_OUT_OF_BOUNDS, 0xfffffff8, 0, 0);
	header(reply, 40, 99, 1, 60);
	walks(1, VFIO_ABI_HEADER_CUT, 60, 0, 0);
	header(reply, 40, 99, 1, 0);
	walks(1, 0, 0, 0, 0);
}

static void cycles(void)
{
	/* A next to itself: the capability is returned, then the error. */
	region(64, 40);
	header(reply, 40, 99, 1, 40);
	walks(1, VFIO_ABI_CYCLE, 40, 0, 0);
	SAME(cap.next, 40);

	/* One capability more than the reply can hold. */
	region(64, 40);
	header(reply, 40, 99, 1, 48);
	header(reply, 48, 98, 1, 40);
	walks(8, VFIO_ABI_CYCLE, 40, 0, 0);
	header(reply, 48, 98, 1, 33);
	header(reply, 33, 97, 1, 48);
	walks(8, VFIO_ABI_CYCLE, 33, 0, 0);

	/* A damaged body comes before the cycle. */
	region(64, 56);
	header(reply, 56, 2, 1, 56);
	walks(0, VFIO_ABI_BODY_SHORT, 56, 2, 16);
}

static void bodies(void)
{
	/* TYPE needs 16 bytes. */
	for (__u32 at = 49; at <= 56; at++) {
		region(64, at);
		header(reply, at, 2, 1, 0);
		walks(0, VFIO_ABI_BODY_SHORT, at, 2, 16);
	}
	region(64, 48);
	header(reply, 48, 2, 1, 0);
	walks(1, 0, 0, 0, 0);
	SAME(cap.known, 1);

	/* Version 0 and unknown ids need no body. */
	region(64, 56);
	header(reply, 56, 2, 0, 0);
	walks(1, 0, 0, 0, 0);
	SAME(cap.known, 0);
	header(reply, 56, 99, 7, 0);
	walks(1, 0, 0, 0, 0);
	SAME(cap.known, 0);
	SAME(cap.version, 7);
	SAME(cap.size, 8);

	/* A newer version requires its known fields. */
	header(reply, 56, 2, 9, 0);
	walks(0, VFIO_ABI_BODY_SHORT, 56, 2, 16);

	/* A body that overlaps the next capability. */
	for (__u32 next = 41; next < 56; next++) {
		region(96, 40);
		header(reply, 40, 2, 1, next);
		walks(0, VFIO_ABI_OVERLAP, 40, 2, next);
	}
	region(96, 40);
	header(reply, 40, 2, 1, 56);
	header(reply, 56, 99, 1, 0);
	walks(2, 0, 0, 0, 0);

	/*
	 * A next before it does not matter; the end of the reply comes first.
	 */
	region(96, 64);
	header(reply, 64, 2, 1, 40);
	header(reply, 40, 99, 1, 0);
	walks(2, 0, 0, 0, 0);
	region(64, 56);
	header(reply, 56, 2, 1, 60);
	walks(0, VFIO_ABI_BODY_SHORT, 56, 2, 16);
}

static void counts(void)
{
	/* SPARSE_MMAP: 16 bytes, and 16 for each area. */
	region(96, 32);
	header(reply, 32, 1, 1, 0);
	for (__u32 count = 0; count <= 3; count++) {
		put32(reply, 40, count);
		walks(1, 0, 0, 0, 0);
	}
	put32(reply, 40, 4);
	walks(0, VFIO_ABI_COUNT_OUT_OF_BOUNDS, 32, 1, 4);
	put32(reply, 40, 0x10000000);
	walks(0, VFIO_ABI_COUNT_OUT_OF_BOUNDS, 32, 1, 0x10000000);
	put32(reply, 40, 0xffffffff);
	walks(0, VFIO_ABI_COUNT_OUT_OF_BOUNDS, 32, 1, 0xffffffff);

	header(reply, 32, 1, 1, 80);
	put32(reply, 40, 3);
	walks(0, VFIO_ABI_OVERLAP, 32, 1, 80);
	put32(reply, 40, 4);
	walks(0, VFIO_ABI_COUNT_OUT_OF_BOUNDS, 32, 1, 4);
	header(reply, 32, 1, 1, 44);
	put32(reply, 40, 4);
	walks(0, VFIO_ABI_OVERLAP, 32, 1, 44);
	region(44, 32);
	header(reply, 32, 1, 1, 0);
	walks(0, VFIO_ABI_BODY_SHORT, 32, 1, 16);
}

int main(void)
{
	headers();
	cycles();
	bodies();
	counts();
	return 0;
}
