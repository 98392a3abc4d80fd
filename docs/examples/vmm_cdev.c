/*
 * The work of a virtual machine monitor on a PCI device with the device's own node and
 * an iommufd: memory for DMA, and the calls of vmm_device.h.
 *
 *   vmm_cdev 0000:01:00.0
 */
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <linux/iommufd.h>
#include "vmm_device.h"

static __u8 memory[1 << 20] __attribute__((aligned(4096)));

static int open_node(const char *address)
{
	char path[300];
	struct dirent *entry;
	DIR *nodes;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/vfio-dev", address);
	nodes = opendir(path);
	while (nodes && (entry = readdir(nodes)))
		if (entry->d_name[0] != '.')
			snprintf(path, sizeof(path), "/dev/vfio/devices/%s", entry->d_name);
	return open(path, O_RDWR);
}

int main(int argc, char **argv)
{
	int iommufd = open("/dev/iommu", O_RDWR), device = argc == 2 ? open_node(argv[1]) : -1;
	struct vfio_device_attach_iommufd_pt attached;
	struct vfio_device_bind_iommufd bound;
	struct iommu_ioas_alloc space = { .size = sizeof(space) };
	struct iommu_iova_range allowed[8];
	struct iommu_ioas_iova_ranges ranges = {
		.size = sizeof(ranges), .num_iovas = 8, .allowed_iovas = (__u64)allowed,
	};
	struct iommu_ioas_map map = {
		.size = sizeof(map), .user_va = (__u64)memory, .length = sizeof(memory),
		.flags = IOMMU_IOAS_MAP_FIXED_IOVA | IOMMU_IOAS_MAP_READABLE |
			 IOMMU_IOAS_MAP_WRITEABLE,
	};

	if (fails("bind", vfio_abi_call_bind_iommufd(device, iommufd, NULL, &bound)) ||
	    fails("address space", ioctl(iommufd, IOMMU_IOAS_ALLOC, &space)) ||
	    fails("attach", vfio_abi_call_attach_iommufd_pt(device, space.out_ioas_id,
							    NULL, &attached)))
		return 1;
	ranges.ioas_id = map.ioas_id = space.out_ioas_id;
	if (fails("ranges", ioctl(iommufd, IOMMU_IOAS_IOVA_RANGES, &ranges)) ||
	    fails("DMA", ioctl(iommufd, IOMMU_IOAS_MAP, &map)))
		return 1;
	printf("the device reaches %u ranges\n", ranges.num_iovas);
	return use_device(device);
}
