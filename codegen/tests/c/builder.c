/*
 * Compares replies of the builder with those of the handlers with the same
 * rules.
 */
#include "vfio_abi.h"
#include "check.h"
#include "kernel.h"

#define SIZE	512	/* size of all buffers */

/* A handler and the profile with its rules. */
struct pair {
	const char *name;
	const struct vfio_abi_profile *profile;
	struct handler handler;
	int	iommufd;	/* the alignment of the handler itself */
};

static const struct pair pairs[] = {
	{ "region", &vfio_abi_profile_region,
	  { 32, 8, 12, { 32, 0, 0 }, 32, 8, 1, 0 }, 0 },
	{ "device", &vfio_abi_profile_device,
	  { 16, 128, 16, { 0, 0, 0 }, 24, 8, 0, 0 }, 0 },
	{ "device_v5_10", &vfio_abi_profile_device_v5_10,
	  { 16, 128, 16, { 16, 20, 0 }, 20, 1, 0, 0 }, 0 },
	{ "type1", &vfio_abi_profile_type1,
	  { 16, 2, 16, { 0, 0, 0 }, 24, 8, 0, 0 }, 0 },
	{ "type1_v5_4", &vfio_abi_profile_type1_v5_4,
	  { 16, 2, 16, { 16, 20, 0 }, 24, 1, 0, 0 }, 0 },
	{ "vfio_user", &vfio_abi_profile_vfio_user,
	  { 32, 8, 12, { 32, 0, 0 }, 32, 8, 0, 1 }, 0 },
	{ "vfio_user_rust_vmm", &vfio_abi_profile_vfio_user_rust_vmm,
	  { 32, 8, 12, { 32, 0, 0 }, 32, 8, 0, 2 }, 0 },
	{ "iommufd", &vfio_abi_profile_iommufd,
	  { 16, 2, 16, { 0, 0, 0 }, 24, 8, 0, 0 }, 8 },
	{ "iommufd_v6_2", &vfio_abi_profile_iommufd_v6_2,
	  { 16, 2, 16, { 0, 0, 0 }, 24, 1, 0, 0 }, 1 },
};

/*
 * Chains of every kind: with padding, with arrays, empty, and with odd sizes.
 */
static const __u8 filler[64] = "a body of any kind, as long as it may be";
static const struct driver_cap plenty[] = {
	{ 3, 1, filler, 4, NULL, 0, 0, 0 },
	{ 1, 1, filler + 8, 8, filler + 16, 16, 2, 1 },
	{ 7, 9, filler + 2, 0, NULL, 0, 0, 0 },
	{ 0xffff, 0xffff, filler + 3, 5, filler + 4, 3, 4, 0 },
	{ 2, 2, filler + 4, 28, NULL, 0, 0, 0 },
};

static const unsigned char fixed[64] = {
	0xee, 0xee, 0xee, 0xee, 0x05, 0, 0, 0, 0xee, 0x11, 0xee, 0x22,
	0xdd, 0x33, 0xdd, 0x44, 0xcc, 0x55, 0xcc, 0x66, 0xbb, 0x77, 0xbb, 0x88,
	0xaa, 0x99, 0xaa, 0x99, 0xaa, 0x99, 0xaa, 0x99,
};

/* Sets the contents of a reply; returns the number of passes. */
static int fill(const struct pair *pair, const struct driver *driver,
		struct vfio_abi_reply_builder *to)
{
	int passes = 0;

	while (vfio_abi_reply_pass(to)) {
		passes++;
		vfio_abi_reply_fixed(to, driver->fixed, pair->handler.minsz);
		for (int nth = 0; nth < driver->count; nth++) {
			const struct driver_cap *cap = &driver->caps[nth];

			if (!cap->count || cap->joined) {
				vfio_abi_reply_append(to, cap->id, cap->version,
						      cap->body, cap->size +
						      cap->each * cap->count);
				continue;
			}
			vfio_abi__reply_cap(to, cap->id, cap->version,
					   8 + cap->size, cap->each,
					   cap->count);
			vfio_abi__reply_bytes(to, 8, cap->body, cap->size);
			vfio_abi__reply_elements(to, cap->elements, cap->count);
		}
	}
	SAME(vfio_abi_reply_pass(to), 0);
	return passes;
}

/* Builds a reply; returns the result of begin. */
static int build(const struct pair *pair, const struct driver *driver,
		 unsigned char *bytes, __u32 len,
		 struct vfio_abi_reply_builder *to)
{
	int result = vfio_abi_reply_begin(to, pair->profile, bytes, len);

	SAME(fill(pair, driver, to), result ? 0 : 2);
	return result;
}

/* The request of the caller: its argsz, and garbage. */
static void sent(unsigned char *bytes, __u32 argsz, int fill)
{
	memset(bytes, fill, SIZE);
	put32(bytes, 0, argsz);
}

static void compare(const struct pair *pair, const struct driver *driver,
		    __u32 argsz, int fill)
{
	unsigned char theirs[SIZE], ours[SIZE];
	struct vfio_abi_reply_builder to;
	int expected;

	sent(theirs, argsz, fill);
	sent(ours, argsz, fill);
	expected = pair->iommufd
		 ? handle_iommufd((__u32)pair->iommufd, driver, theirs)
		 : handle(&pair->handler, driver, theirs);
	SAME(build(pair, driver, ours, SIZE, &to),
	     expected ? VFIO_ABI_TOO_SHORT : 0);
	for (int at = 0; at < SIZE; at++)
		if (ours[at] != theirs[at]) {
			fprintf(stderr, "%s, %d capabilities, argsz %u: ",
				pair->name, driver->count, argsz);
			fprintf(stderr, "byte %d is %#x, expected %#x\n", at,
				ours[at], theirs[at]);
			exit(1);
		}
}

/* The size of the full reply. */
static __u32 need(const struct pair *pair, const struct driver *driver)
{
	unsigned char bytes[SIZE];
	struct vfio_abi_reply_builder to;
	__u32 size;

	sent(bytes, SIZE, 0);
	SAME(build(pair, driver, bytes, SIZE, &to), 0);
	SAME(to.written, driver->count ? to.need : to.fixed);
	size = to.need;
	/* The size is the same before there is a buffer. */
	vfio_abi_reply_measure(&to, pair->profile);
	SAME(fill(pair, driver, &to), 2);
	SAME(to.need, size);
	SAME(to.written, 0);
	return size;
}

static void every_argsz(void)
{
	unsigned compared = 0;

	for (size_t nth = 0; nth < sizeof(pairs) / sizeof(*pairs); nth++) {
		const struct pair *pair = &pairs[nth];
		struct driver driver = { .caps = plenty };

		memcpy(driver.fixed, fixed, 64);
		for (driver.count = pair->iommufd ? 1 : 0; driver.count <= 5;
		     driver.count++) {
			__u32 full = need(pair, &driver);

			for (__u32 argsz = 0; argsz <= full + 24; argsz++) {
				compare(pair, &driver, argsz, 0xa5);
				compare(pair, &driver, argsz, 0);
				compared += 2;
			}
			compare(pair, &driver, 0xffffffff, 0xff);
		}
	}
	CHECK(compared > 5000);
}

/* The buffer may be smaller than argsz: no byte after it is touched. */
static void every_len(void)
{
	for (size_t nth = 0; nth < sizeof(pairs) / sizeof(*pairs); nth++) {
		struct driver driver = { .caps = plenty, .count = 5 };
		__u32 full = need(&pairs[nth], &driver);

		for (__u32 len = 0; len <= full; len++) {
			unsigned char bytes[SIZE], *copy;
			struct vfio_abi_reply_builder to;
			int result;

			sent(bytes, 0xfffff000, 0xa5);
			copy = exact(bytes, len);
			result = build(&pairs[nth], &driver, copy, len, &to);
			SAME(result, len < pairs[nth].profile->minsz
				     ? VFIO_ABI_TOO_SHORT : 0);
			if (!result)
				SAME(to.need, full);
		}
	}
}

/* A reply that typed functions build is read by typed functions unchanged. */
static void round_trip(void)
{
	static const struct vfio_iova_range ranges[] = {
		{ 0, 0xfedfffff }, { 0xfef00000, ~0ULL },
	};
	const struct vfio_abi_type1_info set = {
		.flags = 1, .iova_pgsizes = 0x1000,
	};
	const struct vfio_abi_type1_migration migration = {
		.pgsize_bitmap = 7, .max_dirty_bitmap_size = 1ULL << 40,
	};
	const struct vfio_abi_type1_dma_avail avail = { .avail = 0xffff };
	const struct vfio_abi_type1_iova_range range = { .nr_iovas = 2 };
	struct vfio_abi_type1_info got;
	struct vfio_abi_type1_migration got_migration;
	struct vfio_abi_type1_iova_range got_range;
	struct vfio_iova_range element;
	struct vfio_abi_reply_builder to;
	unsigned char bytes[SIZE];

	sent(bytes, SIZE, 0xa5);
	SAME(vfio_abi_reply_begin(&to, &vfio_abi_profile_type1, bytes, SIZE),
	     0);
	while (vfio_abi_reply_pass(&to)) {
		vfio_abi_type1_info_fixed(&to, &set);
		vfio_abi_type1_iova_range_append(&to, &range, ranges);
		vfio_abi_type1_migration_append(&to, &migration);
		vfio_abi_type1_dma_avail_append(&to, &avail);
	}
	SAME(to.need, 24 + 48 + 32 + 16);
	SAME(to.written, to.need);
	SAME(vfio_abi_type1_info_parse(bytes, SIZE, &got), 0);
	SAME(got.flags, 3);
	SAME(got.iova_pgsizes, 0x1000);
	SAME(vfio_abi_type1_iova_range_find(&got, &got_range), 1);
	SAME(got_range.cap.version, 1);
	SAME(vfio_abi_type1_iova_range_iova_ranges(&got_range, 1, &element), 1);
	SAME(element.start, ranges[1].start);
	SAME(element.end, ranges[1].end);
	SAME(vfio_abi_type1_migration_find(&got, &got_migration), 1);
	SAME(got_migration.max_dirty_bitmap_size, 1ULL << 40);
	SAME(get32(bytes, 24 + 48 + 12), 0);
	SAME(to.bytes[24 + 48 + 32 + 12], 0);
}

/* Each version is written with the size of its struct. */
static void versions(void)
{
	struct vfio_abi_device_zpci_base base = { .gid = 1, .fh = 0xcafe, .ccdf_err_length = 48 };
	const struct vfio_abi_device_zpci_util util = { .size = 3 };
	struct vfio_abi_device_info got;
	struct vfio_abi_device_zpci_base read;
	struct vfio_abi_device_zpci_util got_util;
	struct vfio_abi_reply_builder to;
	unsigned char bytes[SIZE];

	for (__u32 version = 0; version < 4; version++) {
		base.cap.version = version;
		sent(bytes, SIZE, 0xa5);
		vfio_abi_reply_begin(&to, &vfio_abi_profile_device_v5_10,
				     bytes, SIZE);
		while (vfio_abi_reply_pass(&to)) {
			vfio_abi_device_zpci_base_append(&to, &base);
			vfio_abi_device_zpci_util_append(&to, &util,
							 (const __u8 *)"abc");
		}
		SAME(to.need, 20 + (version == 1 ? 32 : 40) + 15);
		SAME(vfio_abi_device_info_parse(bytes, SIZE, &got), 0);
		SAME(got.flags, VFIO_DEVICE_FLAGS_CAPS);
		SAME(vfio_abi_device_zpci_base_find(&got, &read), 1);
		/* 0 stands for the newest. */
		SAME(read.cap.version, version ? version : 3);
		SAME(read.fh, version == 1 ? 0 : 0xcafe);
		SAME(read.ccdf_err_length, version == 1 || version == 2 ? 0 : 48);
		SAME(read.gid, 1);
		SAME(vfio_abi_device_zpci_util_find(&got, &got_util), 1);
		CHECK(!memcmp(got_util.util_str.bytes, "abc", 3));
	}
}

/* The caller's fields do not change, whatever is set. */
static void inputs(void)
{
	const struct vfio_abi_region_info set = {
		.argsz = 1, .flags = ~0u, .index = 2, .size = 3, .offset = 4,
	};
	struct vfio_abi_reply_builder to;
	unsigned char bytes[SIZE];

	sent(bytes, 40, 0xa5);
	put32(bytes, 8, 7);
	SAME(vfio_abi_reply_begin(&to, &vfio_abi_profile_region, bytes, SIZE),
	     0);
	while (vfio_abi_reply_pass(&to))
		vfio_abi_region_info_fixed(&to, &set);
	SAME(get32(bytes, 0), 40);
	/* The flag is not for a driver to set. */
	SAME(get32(bytes, 4), ~8u);
	SAME(get32(bytes, 8), 7);
	SAME(get32(bytes, 12), 0xa5a5a5a5);
	SAME(get64(bytes, 16), 3);
	SAME(get64(bytes, 24), 4);
}

/* Sizes beyond all bounds, and passes that disagree, do no harm. */
static void misuse(void)
{
	struct vfio_abi_reply_builder to;
	unsigned char bytes[SIZE];
	volatile vfio_abi_size huge = ~(vfio_abi_size)0;
	int pass = 0;

	sent(bytes, 64, 0xa5);
	vfio_abi_reply_begin(&to, &vfio_abi_profile_region, bytes, SIZE);
	while (vfio_abi_reply_pass(&to)) {
		vfio_abi__reply_cap(&to, 1, 1, 16, 0xffffffff, 0xffffffff);
		vfio_abi__reply_cap(&to, 1, 1, ~0ULL, 0xffffffff, 0xffffffff);
		vfio_abi_reply_append(&to, 1, 1, bytes, huge);
		CHECK(!vfio_abi__reply_element(&to, 0xffffffff));
	}
	SAME(to.need, 0xffffffff);
	SAME(get32(bytes, 0), 0xffffffff);
	SAME(get32(bytes, 12), 0);
	SAME(bytes[32], 0xa5);

	/* Overflowing sums do no harm either. */
	sent(bytes, 64, 0xa5);
	vfio_abi_reply_begin(&to, &vfio_abi_profile_region, bytes, SIZE);
	while (vfio_abi_reply_pass(&to))
		vfio_abi__reply_cap(&to, 1, 1, ~0ULL - 31, 0, 0);
	SAME(to.need, 0xffffffff);

	sent(bytes, 64, 0xa5);
	vfio_abi_reply_begin(&to, &vfio_abi_profile_region, bytes, SIZE);
	while (vfio_abi_reply_pass(&to)) {
		for (int nth = 0; nth <= pass * 3; nth++)
			vfio_abi_reply_append(&to, 3, 1, fixed, 8);
		pass++;
	}
	SAME(to.need, 96);
	SAME(get32(bytes, 0), 96);
	SAME(get32(bytes, 12), 0);
	for (int at = 64; at < SIZE; at++)
		SAME(bytes[at], 0xa5);
}

int main(void)
{
	every_argsz();
	every_len();
	round_trip();
	versions();
	inputs();
	misuse();
	return 0;
}
