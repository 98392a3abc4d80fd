/*
 * The work of a virtual machine monitor on a PCI device with a group and a container:
 * memory for DMA, and the calls of vmm_device.h.
 *
 *   vmm 0000:01:00.0
 */
#include <fcntl.h>
#include <string.h>
#include "vmm_device.h"

static __u8 memory[1 << 20] __attribute__((aligned(4096)));

static int open_group(const char *address)
{
	char path[128], group[128] = "/";

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/iommu_group", address);
	if (readlink(path, group, sizeof(group) - 1) < 0)
		return -1;
	snprintf(path, sizeof(path), "/dev/vfio%s", strrchr(group, '/'));
	return open(path, O_RDWR);
}

int main(int argc, char **argv)
{
	int container = open("/dev/vfio/vfio", O_RDWR), device;
	int group = argc == 2 ? open_group(argv[1]) : -1;
	struct vfio_abi_request request = { .grow = vfio_abi_grow };
	const struct vfio_abi_iommu_map_dma_args map = {
		.flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE,
		.vaddr = memory, .iova = 0, .size = sizeof(memory),
	};
	struct vfio_abi_type1_info iommu;

	if (fails("group", vfio_abi_call_set_container(group, container)) ||
	    fails("IOMMU", vfio_abi_call_set_iommu(container, VFIO_TYPE1v2_IOMMU)) ||
	    fails("IOMMU info", vfio_abi_call_iommu_get_info(container, &request, &iommu)) ||
	    fails("DMA", vfio_abi_call_iommu_map_dma(container, &map)) ||
	    fails("device", (device = vfio_abi_call_get_device_fd(group, argv[1])) < 0))
		return 1;
	free(request.buf);
	return use_device(device);
}
