/*
 * The work of a virtual machine monitor on a PCI device with the device's own node and
 * an iommufd: memory for DMA, the description of the IOMMU, another address space and back,
 * and the calls of vmm_device.h.
 *
 *   vmm_cdev 0000:01:00.0
 */
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#define IOMMUFD_ABI_WITH_IOCTL
#include "iommufd_abi.h"
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
	struct iommu_ioas_alloc space, other;
	struct iommu_iova_range allowed[8];
	struct iommu_ioas_iova_ranges ranges;
	struct iommu_hw_info_vtd unit;
	struct iommu_ioas_map map;
	struct iommu_hw_info info;
	__u64 room[8];
	struct vfio_abi_attach_iommufd_pt_args attach = { .pasid = NULL }, replace = attach;
	struct iommufd_abi_destroy_args destroy = { .id = 0 };
	struct iommufd_abi_ioas_iova_ranges_args reach = {
		.allowed_iovas = allowed, .allowed_iovas_count = 8,
	};
	struct iommufd_abi_ioas_map_args dma = {
		.flags = IOMMU_IOAS_MAP_FIXED_IOVA | IOMMU_IOAS_MAP_READABLE |
			 IOMMU_IOAS_MAP_WRITEABLE,
		.user_va = memory, .length = sizeof(memory), .iova = 0,
	};
	struct iommufd_abi_get_hw_info_args hardware = {
		.data = room, .data_len = sizeof(room),
	};

	if (fails("bind", vfio_abi_call_bind_iommufd(device, iommufd, &bound)) ||
	    fails("address space", iommufd_abi_call_ioas_alloc(iommufd, &space)))
		return 1;
	attach.pt_id = reach.ioas_id = dma.ioas_id = space.out_ioas_id;
	if (fails("attach", vfio_abi_call_attach_iommufd_pt(device, &attach, &attached)) ||
	    fails("ranges", iommufd_abi_call_ioas_iova_ranges(iommufd, &reach, &ranges)) ||
	    fails("DMA", iommufd_abi_call_ioas_map(iommufd, &dma, &map)))
		return 1;
	printf("the device reaches %u ranges\n", ranges.num_iovas);
	hardware.dev_id = bound.out_devid;
	if (fails("hardware", iommufd_abi_call_get_hw_info(iommufd, &hardware, &info)))
		return 1;
	if (iommufd_abi_get_hw_info_intel_vtd(&info, room, sizeof(room), &unit))
		printf("VT-d %#llx %#llx\n", unit.cap_reg, unit.ecap_reg);
	if (fails("another", iommufd_abi_call_ioas_alloc(iommufd, &other)))
		return 1;
	replace.pt_id = destroy.id = other.out_ioas_id;
	if (fails("replace", vfio_abi_call_attach_iommufd_pt(device, &replace, &attached)) ||
	    fails("back", vfio_abi_call_attach_iommufd_pt(device, &attach, &attached)) ||
	    fails("destroy", iommufd_abi_call_destroy(iommufd, &destroy)))
		return 1;
	return use_device(device) || fails("detach", vfio_abi_call_detach_iommufd_pt(device));
}
