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
#include <sys/mman.h>
#include <unistd.h>
#define VFIO_ABI_WITH_IOCTL
#include "vfio_abi.h"

static __u8 memory[1 << 20] __attribute__((aligned(4096)));

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

static void map_region(int device, struct vfio_abi_request *request, __u32 index)
{
	struct vfio_region_sparse_mmap_area area = { 0 };
	struct vfio_abi_region_sparse_mmap sparse;
	struct vfio_abi_region_info info;
	int some;

	if (vfio_abi_call_get_region_info(device, request, index, &info) ||
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
	struct vfio_abi_request request = { .grow = vfio_abi_grow };
	struct vfio_abi_type1_info iommu;
	struct vfio_abi_pci_hot_reset_info reset;
	__u64 buf[8], fired;

	if (fails("group", vfio_abi_call_set_container(group, container)) ||
	    fails("IOMMU", vfio_abi_call_set_iommu(container, VFIO_TYPE1v2_IOMMU)) ||
	    fails("IOMMU info", vfio_abi_call_iommu_get_info(container, &request, &iommu)) ||
	    fails("DMA", vfio_abi_call_iommu_map_dma(container,
			VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE,
			(__u64)memory, 0, sizeof(memory))) ||
	    fails("device", (device = vfio_abi_call_get_device_fd(group, argv[1])) < 0))
		return 1;
	for (__u32 bar = VFIO_PCI_BAR0_REGION_INDEX; bar <= VFIO_PCI_BAR5_REGION_INDEX; bar++)
		map_region(device, &request, bar);
	if (!fails("MSI-X", vfio_abi_call_set_irqs_eventfd(device, buf, sizeof(buf),
			VFIO_IRQ_SET_ACTION_TRIGGER, VFIO_PCI_MSIX_IRQ_INDEX, 0, &event, 1)) &&
	    !fails("trigger", vfio_abi_call_set_irqs_none(device,
			VFIO_IRQ_SET_ACTION_TRIGGER, VFIO_PCI_MSIX_IRQ_INDEX, 0, 1)))
		printf("the eventfd gives %zd bytes\n", read(event, &fired, sizeof(fired)));
	fails("low power", vfio_abi_call_feature_probe(device,
			VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY, 0));
	if (!vfio_abi_call_get_pci_hot_reset_info(device, &request, &reset))
		printf("a hot reset affects %u devices\n", reset.count);
	free(request.buf);
	return fails("reset", vfio_abi_call_reset(device));
}
