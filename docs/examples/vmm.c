/*
 * The work of a virtual machine monitor on a PCI device: memory for DMA, the
 * mappable parts of the BARs, an MSI-X interrupt as an eventfd, and a reset.
 *
 *   vmm 0000:01:00.0
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "vfio_abi.h"

static __u8 memory[1 << 20] __attribute__((aligned(4096)));

struct target { int fd; unsigned long number; };

static int call(struct vfio_abi_request *request)
{
	const struct target *to = request->context;

	return ioctl(to->fd, to->number, request->buf);
}

static int fails(const char *step, int failed)
{
	printf("%s: %s\n", step, failed ? "failed" : "ok");
	return failed;
}

static int open_group(const char *address)
{
	char path[128], group[128] = "/";

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/iommu_group", address);
	if (readlink(path, group, sizeof(group) - 1) < 0)
		return -1;
	snprintf(path, sizeof(path), "/dev/vfio%s", strrchr(group, '/'));
	return open(path, O_RDWR);
}

static void map_region(int device, __u32 index)
{
	struct target to = { device, VFIO_DEVICE_GET_REGION_INFO };
	struct vfio_region_info buf[32];
	struct vfio_abi_request ask = { .buf = buf, .len = sizeof(buf), .call = call, .context = &to };
	struct vfio_region_sparse_mmap_area area = { 0 };
	struct vfio_abi_region_sparse_mmap sparse;
	struct vfio_abi_region_info info;
	int some;

	if (vfio_abi_region_info_request(&ask, index, &info) ||
	    !(info.flags & VFIO_REGION_INFO_FLAG_MMAP))
		return;
	some = vfio_abi_region_sparse_mmap_find(&info, &sparse) > 0;
	area.size = info.size;
	for (__u32 n = 0; some ? vfio_abi_region_sparse_mmap_areas(&sparse, n, &area) : !n; n++)
		printf("region %u: %#llx bytes %s\n", index, (unsigned long long)area.size,
		       mmap(NULL, area.size, PROT_READ | PROT_WRITE, MAP_SHARED, device,
			    (off_t)(info.offset + area.offset)) == MAP_FAILED ? "failed" : "mapped");
}

int main(int argc, char **argv)
{
	int container = open("/dev/vfio/vfio", O_RDWR), event = eventfd(0, 0), device;
	int group = argc == 2 ? open_group(argv[1]) : -1;
	struct target to = { container, VFIO_IOMMU_GET_INFO };
	__u64 buf[512], fired;
	struct vfio_abi_request ask = { .buf = buf, .len = sizeof(buf), .call = call, .context = &to };
	struct vfio_abi_type1_info iommu;
	struct vfio_iommu_type1_dma_map map = { .argsz = sizeof(map),
		.vaddr = (__u64)memory, .size = sizeof(memory),
		.flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE };
	struct vfio_device_feature low_power = { .argsz = sizeof(low_power),
		.flags = VFIO_DEVICE_FEATURE_PROBE | VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY };
	struct vfio_pci_hot_reset_info reset = { .argsz = sizeof(reset) };
	__u32 irq[6] = { sizeof(irq), VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER,
			 VFIO_PCI_MSIX_IRQ_INDEX, 0, 1, (__u32)event };
	__u32 fire[5] = { sizeof(fire), VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_TRIGGER,
			  VFIO_PCI_MSIX_IRQ_INDEX, 0, 1 };

	if (fails("group", ioctl(group, VFIO_GROUP_SET_CONTAINER, &container)) ||
	    fails("IOMMU", ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU)) ||
	    fails("IOMMU info", vfio_abi_type1_info_request(&ask, &iommu)) ||
	    fails("DMA", ioctl(container, VFIO_IOMMU_MAP_DMA, &map)) ||
	    fails("device", (device = ioctl(group, VFIO_GROUP_GET_DEVICE_FD, argv[1])) < 0))
		return 1;
	for (__u32 bar = VFIO_PCI_BAR0_REGION_INDEX; bar <= VFIO_PCI_BAR5_REGION_INDEX; bar++)
		map_region(device, bar);
	if (!fails("MSI-X", ioctl(device, VFIO_DEVICE_SET_IRQS, irq)) &&
	    !fails("trigger", ioctl(device, VFIO_DEVICE_SET_IRQS, fire)))
		printf("the eventfd gives %zd bytes\n", read(event, &fired, sizeof(fired)));
	fails("low power", ioctl(device, VFIO_DEVICE_FEATURE, &low_power));
	ioctl(device, VFIO_DEVICE_GET_PCI_HOT_RESET_INFO, &reset); /* ENOSPC, with the count */
	printf("a hot reset affects %u devices\n", reset.count);
	return fails("reset", ioctl(device, VFIO_DEVICE_RESET));
}
