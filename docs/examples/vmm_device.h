/*
 * The device of vmm.c and vmm_cdev.c: they map the mappable parts of its BARs, receive
 * an MSI-X interrupt through an eventfd, ask for a feature and for the devices that a
 * hot reset affects, and reset the device.
 */
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>
#define VFIO_ABI_WITH_IOCTL
#include "vfio_abi.h"

static int fails(const char *step, int failed)
{
	printf("%s: %s\n", step, failed ? "failed" : "ok");
	return failed;
}

static void map_region(int device, struct vfio_abi_request *request, __u32 index)
{
	struct vfio_region_sparse_mmap_area area = { 0 };
	const struct vfio_abi_region_info_args args = { .index = index };
	struct vfio_abi_region_sparse_mmap sparse;
	struct vfio_abi_region_info info;
	int some;

	if (vfio_abi_call_get_region_info(device, request, &args, &info) ||
	    !(info.flags & VFIO_REGION_INFO_FLAG_MMAP))
		return;
	some = vfio_abi_region_sparse_mmap_find(&info, &sparse) > 0;
	area.size = info.size;
	for (__u32 n = 0; some ? vfio_abi_region_sparse_mmap_areas(&sparse, n, &area) : !n; n++)
		printf("region %u: %#llx bytes %s\n", index, (unsigned long long)area.size,
		       mmap(NULL, area.size, PROT_READ | PROT_WRITE, MAP_SHARED, device,
			    (off_t)(info.offset + area.offset)) == MAP_FAILED ? "failed" : "mapped");
}

static int use_device(int device)
{
	struct vfio_abi_request request = { .grow = vfio_abi_grow };
	struct vfio_abi_pci_hot_reset_info reset;
	int event = eventfd(0, 0);
	const struct vfio_abi_set_irqs_eventfd_args connect = {
		.index = VFIO_PCI_MSIX_IRQ_INDEX, .data = &event, .data_count = 1,
	};
	const struct vfio_abi_set_irqs_none_args trigger = {
		.index = VFIO_PCI_MSIX_IRQ_INDEX, .count = 1,
	};
	const struct vfio_abi_feature_probe_args access = { .flags = 0 };
	const vfio_abi_size len = vfio_abi_set_irqs_eventfd_size(1);
	void *buf = malloc(len);
	__u64 fired;

	for (__u32 bar = VFIO_PCI_BAR0_REGION_INDEX; bar <= VFIO_PCI_BAR5_REGION_INDEX; bar++)
		map_region(device, &request, bar);
	if (!fails("MSI-X", vfio_abi_call_set_irqs_eventfd(device, buf, len,
				VFIO_IRQ_SET_ACTION_TRIGGER, &connect)) &&
	    !fails("trigger", vfio_abi_call_set_irqs_none(device,
				VFIO_IRQ_SET_ACTION_TRIGGER, &trigger)))
		printf("the eventfd gives %zd bytes\n", read(event, &fired, sizeof(fired)));
	free(buf);
	fails("low power", vfio_abi_call_feature_probe(device,
				VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY, &access));
	if (!vfio_abi_call_get_pci_hot_reset_info(device, &request, &reset))
		printf("a hot reset affects %u devices\n", reset.count);
	free(request.buf);
	return fails("reset", vfio_abi_call_reset(device));
}
