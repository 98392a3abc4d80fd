/* Reading replies, and capabilities of each version. */
#include "vfio_abi.h"
#include "check.h"

static unsigned char reply[256];

/* A device's reply of len bytes, whose chain starts at first. */
static void device(__u32 argsz, __u32 flags, __u32 first)
{
	memset(reply, 0, sizeof(reply));
	put32(reply, 0, argsz);
	put32(reply, 4, flags);
	put32(reply, 8, 9);
	put32(reply, 12, 5);
	put32(reply, 16, first);
}

/* Reads a buffer of len bytes with the reply. */
static struct vfio_abi_device_info parsed(__u32 len, int result)
{
	struct vfio_abi_device_info info;
	unsigned char *copy = exact(reply, len);
	struct vfio_abi_walk walk;
	struct vfio_abi_cap cap;

	SAME(vfio_abi_device_info_parse(copy, len, &info), result);
	walk = vfio_abi_device_caps(&info);
	SAME(vfio_abi_device_next(&walk, &cap) == 1, info.reply.first != 0);
	return info;
}

static void replies(void)
{
	const __u32 caps = VFIO_DEVICE_FLAGS_CAPS;
	struct vfio_abi_device_info info;

	/* Too short: the buffer, or its argsz. */
	device(40, 0, 0);
	for (__u32 len = 0; len < 16; len++)
		SAME(parsed(len, VFIO_ABI_TOO_SHORT).num_irqs, 0);
	for (__u32 argsz = 0; argsz < 16; argsz++) {
		device(argsz, 0, 0);
		parsed(64, VFIO_ABI_TOO_SHORT);
	}

	/* Without a chain; only the flag counts. */
	device(16, 0, 99);
	info = parsed(64, 0);
	SAME(info.reply.len, 16);
	SAME(info.reply.need, 0);
	SAME(info.reply.first, 0);
	SAME(info.argsz, 16);
	SAME(info.num_regions, 9);
	SAME(info.num_irqs, 5);

	/* Short, in each dialect, and where cap_offset did not fit. */
	device(48, caps, 0);
	SAME(parsed(24, 0).reply.need, 48);
	device(48, 0, 0);
	SAME(parsed(24, 0).reply.need, 48);
	device(48, caps, 24);
	SAME(parsed(24, 0).reply.need, 48);
	SAME(parsed(24, 0).reply.first, 0);
	device(48, caps, 0);
	SAME(parsed(64, 0).reply.need, 48);
	device(18, caps, 0xffffffff);
	SAME(parsed(18, 0).reply.need, 18);
	device(0xffffffff, caps, 24);
	SAME(parsed(64, 0).reply.need, 0xffffffff);

	/* Full: without bytes after argsz or after the buffer. */
	device(40, caps, 24);
	header(reply, 24, 5, 1, 0);
	put32(reply, 32, 6);
	info = parsed(64, 0);
	SAME(info.reply.need, 0);
	SAME(info.reply.first, 24);
	SAME(info.reply.len, 40);
	SAME(parsed(40, 0).reply.first, 24);
}

/* The kernels from 5.10 to 6.5 start the chain at 20. */
static void chain_at_20(void)
{
	struct vfio_abi_device_pci_atomic_comp comp;
	struct vfio_abi_device_info info;

	device(36, VFIO_DEVICE_FLAGS_CAPS, 20);
	header(reply, 20, VFIO_DEVICE_INFO_CAP_PCI_ATOMIC_COMP, 1, 0);
	put32(reply, 28, VFIO_PCI_ATOMIC_COMP64);
	SAME(vfio_abi_device_info_parse(reply, 36, &info), 0);
	SAME(vfio_abi_device_pci_atomic_comp_find(&info, &comp), 1);
	SAME(comp.flags, VFIO_PCI_ATOMIC_COMP64);
	SAME(comp.cap.at, 20);
}

/* One capability at 24, up to the end of the reply. */
static struct vfio_abi_cap alone(unsigned id, unsigned version, __u32 size)
{
	struct vfio_abi_device_info info;
	struct vfio_abi_walk walk;
	struct vfio_abi_cap cap;

	put32(reply, 0, 24 + size);
	put32(reply, 4, VFIO_DEVICE_FLAGS_CAPS);
	put32(reply, 16, 24);
	header(reply, 24, id, version, 0);
	SAME(vfio_abi_device_info_parse(reply, 24 + size, &info), 0);
	walk = vfio_abi_device_caps(&info);
	SAME(vfio_abi_device_next(&walk, &cap), 1);
	return cap;
}

static void versions(void)
{
	struct vfio_abi_device_zpci_base base;
	struct vfio_abi_device_zpci_group group;
	struct vfio_abi_cap cap;

	memset(reply, 0, sizeof(reply));
	put64(reply, 32, 0x1122334455667788);
	put16(reply, 48, 0xabcd);
	reply[55] = 0x77;
	put32(reply, 56, 0xcafe);
	cap = alone(1, 1, 40);
	SAME(vfio_abi_device_zpci_base_read(&cap, &base), 1);
	SAME(base.start_dma, 0x1122334455667788);
	SAME(base.pchid, 0xabcd);
	SAME(base.gid, 0x77);
	SAME(base.has_fh, 0);
	SAME(base.fh, 0);
	cap = alone(1, 1, 32);
	SAME(vfio_abi_device_zpci_base_read(&cap, &base), 1);
	/* Its last field ends at 36, not at the 40 of its struct. */
	cap = alone(1, 2, 36);
	SAME(vfio_abi_device_zpci_base_read(&cap, &base), 1);
	SAME(base.has_fh, 1);
	SAME(base.fh, 0xcafe);
	SAME(base.has_ccdf_err_length, 0);
	put32(reply, 60, 0x30);
	cap = alone(1, 3, 40);
	SAME(vfio_abi_device_zpci_base_read(&cap, &base), 1);
	SAME(base.ccdf_err_length, 0x30);
	/* A version that is not known is read as the newest known one. */
	cap = alone(1, 4, 40);
	SAME(vfio_abi_device_zpci_base_read(&cap, &base), 1);
	SAME(base.cap.version, 4);
	SAME(base.fh, 0xcafe);
	SAME(base.ccdf_err_length, 0x30);

	/* A field may have the same name as a function of the header. */
	reply[24 + 38] = 9;
	put16(reply, 24 + 40, 0x1234);
	cap = alone(2, 1, 39);
	SAME(vfio_abi_device_zpci_group_read(&cap, &group), 1);
	SAME(group.version, 9);
	SAME(group.has_imaxstbl, 0);
	cap = alone(2, 2, 42);
	SAME(vfio_abi_device_zpci_group_read(&cap, &group), 1);
	SAME(group.imaxstbl, 0x1234);
	SAME(group.cap.version, 2);

	/* Another capability or version 0 is not read. */
	SAME(vfio_abi_device_zpci_base_read(&cap, &base), 0);
	cap = alone(1, 0, 40);
	SAME(vfio_abi_device_zpci_base_read(&cap, &base), 0);
	/* A getter itself checks the size of the capability. */
	cap = alone(1, 2, 36);
	cap.size = 35;
	SAME(vfio_abi_device_zpci_base_read(&cap, &base), VFIO_ABI_BODY_SHORT);
}

static void arrays(void)
{
	struct vfio_abi_device_zpci_util util;
	struct vfio_abi_cap cap;
	__u8 byte;

	memset(reply, 0, sizeof(reply));
	put32(reply, 32, 3);
	memcpy(reply + 36, "abcd", 4);
	cap = alone(3, 1, 16);
	SAME(vfio_abi_device_zpci_util_read(&cap, &util), 1);
	SAME(util.size, 3);
	SAME(util.util_str.count, 3);
	CHECK(!memcmp(util.util_str.bytes, "abc", 3));
	SAME(vfio_abi_device_zpci_util_str(&util, 2, &byte), 1);
	SAME(byte, 'c');
	SAME(vfio_abi_device_zpci_util_str(&util, 3, &byte), 0);
	SAME(vfio_abi_device_zpci_util_str(&util, 0xffffffff, &byte), 0);
	cap.size = 14;
	SAME(vfio_abi_device_zpci_util_read(&cap, &util),
	     VFIO_ABI_COUNT_OUT_OF_BOUNDS);
}

/* The reply of kernels before 6.6 for a container: IOVA_RANGE is misaligned. */
static void type1(unsigned char *bytes)
{
	memset(bytes, 0, 132);
	put32(bytes, 0, 132);
	put32(bytes, 4, VFIO_IOMMU_INFO_PGSIZES | VFIO_IOMMU_INFO_CAPS);
	put64(bytes, 8, 0x40201000);
	put32(bytes, 16, 24);
	put32(bytes, 20, 0xa5a5a5a5);
	header(bytes, 24, VFIO_IOMMU_TYPE1_INFO_CAP_MIGRATION, 1, 56);
	put64(bytes, 40, 0x1000);
	put64(bytes, 48, 0x10000000);
	header(bytes, 56, VFIO_IOMMU_TYPE1_INFO_DMA_AVAIL, 1, 68);
	put32(bytes, 64, 0xffff);
	header(bytes, 68, VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE, 1, 0);
	put32(bytes, 76, 2);
	put64(bytes, 84, 0);
	put64(bytes, 92, 0xfedfffff);
	put64(bytes, 100, 0xfef00000);
	put64(bytes, 108, 0x7fffffffff);
}

static void at_any_alignment(void)
{
	struct vfio_abi_type1_info info;
	struct vfio_abi_type1_iova_range ranges;
	struct vfio_abi_type1_migration migration;
	struct vfio_abi_type1_dma_avail avail;
	struct vfio_iova_range range;
	unsigned char bytes[140];

	for (int shift = 0; shift < 8; shift++) {
		type1(bytes + shift);
		SAME(vfio_abi_type1_info_parse(bytes + shift, 132, &info),
		     0);
		SAME(info.iova_pgsizes, 0x40201000);
		SAME(vfio_abi_type1_migration_find(&info, &migration), 1);
		/* The layout is the kernel's on i386 as well. */
		SAME(migration.pgsize_bitmap, 0x1000);
		SAME(migration.max_dirty_bitmap_size, 0x10000000);
		SAME(vfio_abi_type1_dma_avail_find(&info, &avail), 1);
		SAME(avail.avail, 0xffff);
		SAME(vfio_abi_type1_iova_range_find(&info, &ranges), 1);
		SAME(ranges.nr_iovas, 2);
		SAME(vfio_abi_type1_iova_range_iova_ranges(&ranges, 1, &range),
		     1);
		SAME(range.start, 0xfef00000);
		SAME(range.end, 0x7fffffffff);
		SAME(vfio_abi_type1_iova_range_iova_ranges(&ranges, 2, &range),
		     0);
	}
}

/* Each look-up starts at the first capability, wherever a walk is. */
static void finds_the_first(void)
{
	struct vfio_abi_device_info info;
	struct vfio_abi_device_pci_atomic_comp comp;
	struct vfio_abi_device_zpci_group group;
	struct vfio_abi_walk walk;
	struct vfio_abi_cap cap;

	device(96, VFIO_DEVICE_FLAGS_CAPS, 24);
	header(reply, 24, 5, 0, 40);	/* no version that there ever was */
	header(reply, 40, 5, 1, 56);
	put32(reply, 48, 1);
	header(reply, 56, 7, 1, 72);	/* unknown */
	header(reply, 72, 5, 1, 88);
	put32(reply, 80, 2);
	header(reply, 88, 5, 1, 0);	/* damaged */
	SAME(vfio_abi_device_info_parse(reply, 96, &info), 0);
	for (int twice = 0; twice < 2; twice++) {
		SAME(vfio_abi_device_find(&info, 7, &cap), 1);
		SAME(cap.at, 56);
		SAME(vfio_abi_device_find(&info, 5, &cap), 1);
		SAME(cap.at, 40);
		SAME(vfio_abi_device_pci_atomic_comp_find(&info, &comp), 1);
		SAME(comp.flags, 1);
	}
	/* A walk continues after its capability. */
	walk = vfio_abi_device_caps(&info);
	SAME(vfio_abi_device_pci_atomic_comp_next(&walk, &comp), 1);
	SAME(comp.flags, 1);
	SAME(vfio_abi_device_pci_atomic_comp_find(&info, &comp), 1);
	SAME(comp.flags, 1);
	SAME(vfio_abi_device_pci_atomic_comp_next(&walk, &comp), 1);
	SAME(comp.flags, 2);
	SAME(vfio_abi_device_pci_atomic_comp_next(&walk, &comp),
	     VFIO_ABI_BODY_SHORT);
	SAME(walk.error.at, 88);
	/* After an error, further capabilities may be present or not. */
	SAME(vfio_abi_device_find(&info, 6, &cap), VFIO_ABI_BODY_SHORT);
	SAME(vfio_abi_device_zpci_group_find(&info, &group),
	     VFIO_ABI_BODY_SHORT);
	put32(reply, 76, 0);
	SAME(vfio_abi_device_find(&info, 6, &cap), 0);
	SAME(vfio_abi_device_zpci_group_find(&info, &group), 0);
}

int main(void)
{
	replies();
	chain_at_20();
	versions();
	arrays();
	at_any_alignment();
	finds_the_first();
	return 0;
}
