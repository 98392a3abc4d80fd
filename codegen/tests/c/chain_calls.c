/* Calls whose reply has a chain, answered by a function in place of ioctl(). */
#include <sys/ioctl.h>

static int answer(int fd, unsigned long number, void *argument);

#define ioctl(fd, number, argument) answer(fd, number, (void *)(argument))
#define VFIO_ABI_WITH_IOCTL
#include "vfio_abi.h"
#include "check.h"

#define FD	41

/* The ioctl that is expected, and the number of capabilities in its reply. */
static unsigned long expected;
static __u32 caps;
static int calls;
/* Whether the answer about the IOMMU is none. */
static int says_nothing;

/* A chain of capabilities without content after a fixed part of minsz bytes. */
static void reply(unsigned char *bytes, __u32 minsz, __u32 cap_offset,
		  __u32 flag)
{
	const __u32 len = get32(bytes, 0);

	put32(bytes, 0, minsz + 8 * caps);
	put32(bytes, 4, flag);
	if (len < minsz + 8 * caps)
		return;
	put32(bytes, cap_offset, minsz);
	for (__u32 nth = 0; nth < caps; nth++)
		header(bytes, minsz + 8 * nth, 0x8000 + nth, 1,
		       nth + 1 < caps ? minsz + 8 * (nth + 1) : 0);
}

static int answer(int fd, unsigned long number, void *argument)
{
	unsigned char *bytes = argument;

	calls++;
	SAME(fd, FD);
	SAME(number, expected);
	switch (number) {
	case VFIO_DEVICE_GET_INFO:
		reply(bytes, 24, 16, VFIO_DEVICE_FLAGS_CAPS);
		put32(bytes, 8, 9);
		return 0;
	case VFIO_DEVICE_GET_REGION_INFO:
		if (get32(bytes, 8) == 9)
			break;
		reply(bytes, 32, 12, VFIO_REGION_INFO_FLAG_CAPS);
		put64(bytes, 16, 0x1000 + get32(bytes, 8));
		return 0;
	case VFIO_IOMMU_UNMAP_DMA:
		if (get64(bytes, 8) == 1)
			break;
		SAME(get64(bytes, 16), 0x3000);
		put64(bytes, 16, 0x2000);
		return 0;
	case VFIO_IOMMU_GET_INFO:
		if (says_nothing) {
			put32(bytes, 0, 0);
			return 0;
		}
		reply(bytes, 24, 16, VFIO_IOMMU_INFO_CAPS);
		put64(bytes, 8, 0x1000);
		return 0;
	}
	errno = EINVAL;
	return -1;
}

static __u32 visited(struct vfio_abi_walk walk,
		     int (*next)(struct vfio_abi_walk *, struct vfio_abi_cap *))
{
	struct vfio_abi_cap cap;
	__u32 count = 0;
	int found;

	while ((found = next(&walk, &cap)) > 0)
		SAME(cap.id, 0x8000 + count++);
	SAME(found, 0);
	return count;
}

/* All calls with one request, whose buffer is empty at first. */
static void growing(void)
{
	struct vfio_abi_request request = { .grow = vfio_abi_grow };
	struct vfio_abi_device_info device;
	struct vfio_abi_region_info region;
	const struct vfio_abi_region_info_args fifth = { .index = 5 };
	struct vfio_abi_type1_info iommu;

	/* 512 bytes, the least that vfio_abi_grow() makes, and more. */
	for (caps = 1; caps <= 201; caps += 100) {
		expected = VFIO_DEVICE_GET_INFO;
		SAME(vfio_abi_call_get_info(FD, &request, &device), 0);
		SAME(device.num_regions, 9);
		SAME(visited(vfio_abi_device_caps(&device),
			     vfio_abi_device_next), caps);
		expected = VFIO_DEVICE_GET_REGION_INFO;
		SAME(vfio_abi_call_get_region_info(FD, &request, &fifth, &region),
		     0);
		SAME(region.size, 0x1005);
		SAME(visited(vfio_abi_region_caps(&region),
			     vfio_abi_region_next), caps);
		expected = VFIO_IOMMU_GET_INFO;
		SAME(vfio_abi_call_iommu_get_info(FD, &request, &iommu), 0);
		SAME(iommu.iova_pgsizes, 0x1000);
		SAME(visited(vfio_abi_type1_caps(&iommu), vfio_abi_type1_next),
		     caps);
	}
	free(request.buf);
	SAME(calls, 3 * 3 + 4);
}

/* Each call from an empty buffer; the second one fails. */
static void from_nothing(void)
{
	for (__u32 index = 8; index < 10; index++) {
		struct vfio_abi_request request = { .grow = vfio_abi_grow };
		const struct vfio_abi_region_info_args args = { .index = index };
		struct vfio_abi_region_info region;

		expected = VFIO_DEVICE_GET_REGION_INFO;
		caps = 3;
		errno = 0;
		SAME(vfio_abi_call_get_region_info(FD, &request, &args,
						   &region),
		     index == 9 ? -1 : 0);
		SAME(request.calls, 1);
		SAME(region.size, index == 9 ? 0 : 0x1008);
		SAME(errno, index == 9 ? EINVAL : 0);
		free(request.buf);
	}
}

/* A buffer that cannot grow, of every size. */
static void fixed(void)
{
	const struct vfio_abi_region_info_args first = { .index = 1 };
	__u8 buf[64];

	expected = VFIO_DEVICE_GET_REGION_INFO;
	caps = 2;
	for (__u32 len = 0; len <= sizeof(buf); len++) {
		struct vfio_abi_request request = {
			.buf = len ? buf : NULL, .len = len,
		};
		struct vfio_abi_region_info region;

		calls = 0;
		errno = 0;
		SAME(vfio_abi_call_get_region_info(FD, &request, &first, &region),
		     len < 48 ? -1 : 0);
		SAME(errno, len < 48 ? ENOBUFS : 0);
		SAME(region.reply.need, len < 32 ? 32 : len < 48 ? 48 : 0);
		SAME(calls, len >= 32);
	}
}

/* An answer that is no reply. */
static void nothing(void)
{
	struct vfio_abi_request request = { .grow = vfio_abi_grow };
	struct vfio_abi_type1_info iommu;

	expected = VFIO_IOMMU_GET_INFO;
	says_nothing = 1;
	SAME(vfio_abi_call_iommu_get_info(FD, &request, &iommu), -1);
	SAME(errno, EPROTO);
	SAME(iommu.iova_pgsizes, 0);
	says_nothing = 0;
	free(request.buf);
}

/* The results are those of the call, and none if it fails. */
static void results(void)
{
	struct vfio_abi_iommu_unmap_dma_args args = { .size = 0x3000 };
	struct vfio_iommu_type1_dma_unmap unmapped;

	expected = VFIO_IOMMU_UNMAP_DMA;
	SAME(vfio_abi_call_iommu_unmap_dma(FD, &args, &unmapped), 0);
	SAME(unmapped.size, 0x2000);
	SAME(vfio_abi_call_iommu_unmap_dma(FD, &args, NULL), 0);
	args.iova = 1;
	SAME(vfio_abi_call_iommu_unmap_dma(FD, &args, NULL), -1);
	memset(&unmapped, 0xff, sizeof(unmapped));
	SAME(vfio_abi_call_iommu_unmap_dma(FD, &args, &unmapped), -1);
	SAME(errno, EINVAL);
	SAME(unmapped.size, 0);
	SAME(unmapped.iova, 0);
	SAME(unmapped.argsz, 0);
}

int main(void)
{
	growing();
	from_nothing();
	fixed();
	nothing();
	results();
	return 0;
}
