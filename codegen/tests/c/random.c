/*
 * Random requests and replies of random peers, in memory of the exact size, so
 * that sanitizers detect every access outside of it.
 */
#define VFIO_ABI_WITH_IOCTL
#include "vfio_abi.h"
#include "check.h"

#define ROUNDS	4000

static __u64 state = 0x9e3779b97f4a7c15;

/* xorshift64. */
static __u64 next(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* A number that is often small or near a limit. */
static __u64 number(void)
{
	const __u64 any = next();

	switch (next() % 4) {
	case 0:
		return any % 40;
	case 1:
		return (1ULL << any % 64) + next() % 3 - 1;
	case 2:
		return -(any % 40);
	default:
		return any;
	}
}

/* Memory of random bytes at any alignment. */
static unsigned char *memory(size_t len)
{
	static unsigned char bytes[4096];

	for (size_t at = 0; at < len; at++)
		bytes[at] = (unsigned char)next();
	return exact(bytes, len);
}

/* The helpers, in comparison with wider integers. */
static void helpers(void)
{
#ifdef __SIZEOF_INT128__
	typedef unsigned __int128 wide;

	for (int round = 0; round < ROUNDS; round++) {
		const size_t count = (size_t)number();
		const __u64 range = number(), page = number();
		const __u32 each = 1 + next() % 64, start = next() % 64;
		const __u32 width = 1 << next() % 4;
		const int sizes = __builtin_popcountll(page) == 1 && range;
		const wide bits = page ? ((wide)range + page - 1) / page : 0;
		const wide end = start + (wide)count * each;
		const wide most = ((wide)1 << 8 * width) - 1;

		SAME(vfio_abi__holds_bitmap(count, each, range, page),
		     sizes && (wide)count * each * 8 >= bits);
		SAME(vfio_abi__array_end(start, count, each),
		     end > 0xffffffff ? 0 : (size_t)end);
		SAME(vfio_abi__holds_length(width, count, each),
		     (wide)count * each <= most);
	}
#endif
}

/* A request with an array: its size, or 0 and an unchanged buffer. */
static void writes(size_t size, size_t written, const unsigned char *buf,
		   const unsigned char *before, size_t len)
{
	SAME(written, size <= len ? size : 0);
	CHECK(!memcmp(buf + written, before + written, len - written));
	if (written)
		SAME(get32(buf, 0), size);
}

static void arrays(void)
{
	static unsigned char before[512];

	for (int round = 0; round < ROUNDS; round++) {
		const size_t len = next() % sizeof(before), count = next() % 64;
		const __u32 index = (__u32)number(), first = (__u32)number();
		struct vfio_region_dma_range *ranges =
			calloc(count + 1, sizeof(*ranges));
		__s32 *fds = calloc(count + 1, sizeof(*fds));
		unsigned char *buf = memory(len);
		const struct vfio_abi_set_irqs_eventfd_args eventfds = {
			.index = index,
			.start = first, .data = fds, .data_count = count,
		};
		const struct vfio_abi_set_irqs_bool_args bools = {
			.index = index,
			.start = first, .data = (__u8 *)fds, .data_count = count,
		};
		const struct vfio_abi_pci_hot_reset_args reset = {
			.group_fds = fds, .group_fds_count = count,
		};
		const struct vfio_abi_get_dma_buf_args dma_buf = {
			.region_index = index, .dma_ranges = ranges,
			.dma_ranges_count = count,
		};

		if (!ranges || !fds)
			exit(2);
		memcpy(before, buf, len);
		switch (next() % 4) {
		case 0:
			writes(20 + 4 * count, vfio_abi_set_irqs_eventfd(
					buf, len, VFIO_IRQ_SET_ACTION_TRIGGER,
					&eventfds),
			       buf, before, len);
			break;
		case 1:
			writes(20 + count, vfio_abi_set_irqs_bool(
					buf, len, VFIO_IRQ_SET_ACTION_MASK,
					&bools),
			       buf, before, len);
			break;
		case 2:
			writes(12 + 4 * count, vfio_abi_pci_hot_reset(
					buf, len, &reset),
			       buf, before, len);
			break;
		default:
			writes(24 + 16 * count, vfio_abi_get_dma_buf(
					buf, len, &dma_buf),
			       buf, before, len);
		}
		free(ranges);
		free(fds);
	}
}

/* Results of a request from a buffer of any size. */
static void results(void)
{
	for (int round = 0; round < ROUNDS; round++) {
		const size_t len = next() % 80;
		unsigned char *buf = memory(len);
		struct vfio_device_gfx_plane_info plane;
		struct vfio_device_feature_migration migration;
		struct vfio_iommu_spapr_tce_info tce;

		vfio_abi_query_gfx_plane_reply(buf, len, &plane);
		SAME(plane.argsz, len >= 4 ? get32(buf, 0) : plane.argsz);
		vfio_abi_get_migration_reply(buf, len, &migration);
		SAME(migration.flags, len >= 16 ? get64(buf, 8) :
				      migration.flags);
		vfio_abi_iommu_spapr_tce_get_info_reply(buf, len, &tce);
		SAME(tce.flags, len >= 8 ? get32(buf, 4) : tce.flags);
	}
}

/* Every element of a reply that ends in an array. */
static void elements(const struct vfio_abi_pci_hot_reset_info *info, size_t len)
{
	struct vfio_pci_dependent_device device;
	__u32 nth = 0;

	while (vfio_abi_pci_hot_reset_info_devices(info, nth, &device))
		nth++;
	SAME(nth == 0 || nth == info->count, 1);
	SAME(12 + 8 * (size_t)nth <= len || !nth, 1);
}

static void counted(void)
{
	for (int round = 0; round < ROUNDS; round++) {
		const size_t len = next() % 200;
		unsigned char *buf = memory(len);
		struct vfio_abi_pci_hot_reset_info info;

		if (len >= 12)
			put32(buf, 8, (__u32)number());
		SAME(vfio_abi_pci_hot_reset_info_parse(buf, len, &info),
		     len < 12 ? VFIO_ABI_TOO_SHORT : 0);
		elements(&info, len);
	}
}

/* A peer that writes random bytes and counts, and returns random results. */
static int peer(struct vfio_abi_request *request)
{
	unsigned char *bytes = request->buf;
	const size_t len = request->len;

	for (size_t at = 0; at < len; at++)
		bytes[at] = (unsigned char)next();
	if (next() % 4)
		put32(bytes, 0, (__u32)(number() % 600));
	put32(bytes, 8, (__u32)(next() % 8 ? next() % 80 : number()));
	if (len >= 16)
		put32(bytes, 12, (__u32)(number() % 600));
	request->written = next() % 4 ? len : (size_t)number();
	return next() % 4 ? 0 : -1;
}

/* Grows to exactly the size, to another place; sometimes it fails or lies. */
static int grow(struct vfio_abi_request *request, __u32 need)
{
	void *larger;

	if (need > 4096 || next() % 16 == 0)
		return -1;
	if (next() % 16 == 0)
		return 0;
	larger = malloc(need);
	if (!larger)
		exit(2);
	free(request->buf);
	request->buf = larger;
	request->len = need;
	return 0;
}

static void peers(void)
{
	for (int round = 0; round < ROUNDS; round++) {
		struct vfio_abi_request request = { .call = peer, .grow = grow };
		struct vfio_abi_pci_hot_reset_info counts;
		struct vfio_abi_region_info info;
		struct vfio_abi_walk walk;
		struct vfio_abi_cap cap;
		int result;

		if (next() % 2) {
			result = vfio_abi_pci_hot_reset_info_request(&request,
								     &counts);
			SAME(counts.need != 0, result == VFIO_ABI_SHORT);
			elements(&counts, request.len);
		} else {
			result = vfio_abi_region_info_request(
					&request, &(const struct
					vfio_abi_region_info_args){ .index = 3 },
					&info);
			walk = vfio_abi_region_caps(&info);
			while (vfio_abi_region_next(&walk, &cap) > 0)
				CHECK(cap.at + cap.size <= request.len);
		}
		SAME(request.calls <= VFIO_ABI__CALLS, 1);
		free(request.buf);
	}
}

int main(void)
{
	helpers();
	arrays();
	results();
	counted();
	peers();
	return 0;
}
