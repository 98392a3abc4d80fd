// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * A variant driver of vfio-pci whose regions have chains that no device of QEMU gives:
 *
 *   the BAR with the table of MSI-X   MSIX_MAPPABLE, SPARSE_MMAP of 3 areas
 *   9                                 TYPE, SPARSE_MMAP of 2 areas
 *   10                                TYPE, the id 0x7f01 in 13 bytes, SPARSE_MMAP of
 *                                     no area, the id 0xfffe version 7 in 8 bytes
 *
 * The chains are written by the kernel's own functions.
 */
#include <linux/iommufd.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/vfio.h>
#include <linux/vfio_pci_core.h>

static int add_sparse(struct vfio_info_cap *caps, int nr_areas)
{
	struct vfio_region_info_cap_sparse_mmap *sparse;
	size_t size = struct_size(sparse, areas, nr_areas);
	int result;

	sparse = kzalloc(size, GFP_KERNEL);
	if (!sparse)
		return -ENOMEM;
	sparse->header.id = VFIO_REGION_INFO_CAP_SPARSE_MMAP;
	sparse->header.version = 1;
	sparse->nr_areas = nr_areas;
	for (int nth = 0; nth < nr_areas; nth++) {
		sparse->areas[nth].offset = 0x2000 * nth;
		sparse->areas[nth].size = 0x1000;
	}
	result = vfio_info_add_capability(caps, &sparse->header, size);
	kfree(sparse);
	return result;
}

static int add_unknown(struct vfio_info_cap *caps, u16 id, u16 version, size_t size)
{
	union {
		struct vfio_info_cap_header header;
		u8 bytes[16];
	} cap = { .header = { .id = id, .version = version } };

	for (size_t at = sizeof(cap.header); at < size; at++)
		cap.bytes[at] = 0xc0 + at;
	return vfio_info_add_capability(caps, &cap.header, size);
}

static ssize_t refuse_access(struct vfio_pci_core_device *core, char __user *buf, size_t count,
			     loff_t *pos, bool write)
{
	return -EIO;
}

static void release(struct vfio_pci_core_device *core, struct vfio_pci_region *region)
{
}

static int add_two_areas(struct vfio_pci_core_device *core, struct vfio_pci_region *region,
			 struct vfio_info_cap *caps)
{
	return add_sparse(caps, 2);
}

static int add_unknowns(struct vfio_pci_core_device *core, struct vfio_pci_region *region,
			struct vfio_info_cap *caps)
{
	int result = add_unknown(caps, 0x7f01, 1, 13);

	if (!result)
		result = add_sparse(caps, 0);
	if (!result)
		result = add_unknown(caps, 0xfffe, 7, 8);
	return result;
}

static const struct vfio_pci_regops two_areas = {
	.rw = refuse_access, .release = release, .add_capability = add_two_areas,
};
static const struct vfio_pci_regops unknowns = {
	.rw = refuse_access, .release = release, .add_capability = add_unknowns,
};

static int get_region_info(struct vfio_device *vdev, struct vfio_region_info *info,
			   struct vfio_info_cap *caps)
{
	struct vfio_pci_core_device *core =
		container_of(vdev, struct vfio_pci_core_device, vdev);
	int result = vfio_pci_ioctl_get_region_info(vdev, info, caps);

	if (!result && info->index <= VFIO_PCI_BAR5_REGION_INDEX &&
	    info->index == core->msix_bar && info->size)
		result = add_sparse(caps, 3);
	return result;
}

static int open_device(struct vfio_device *vdev)
{
	struct vfio_pci_core_device *core =
		container_of(vdev, struct vfio_pci_core_device, vdev);
	int result = vfio_pci_core_enable(core);

	if (result)
		return result;
	result = vfio_pci_core_register_dev_region(core,
			VFIO_REGION_TYPE_PCI_VENDOR_TYPE | PCI_VENDOR_ID_NVIDIA, 0x77,
			&two_areas, 0x10000,
			VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_MMAP, NULL);
	if (!result)
		result = vfio_pci_core_register_dev_region(core,
				VFIO_REGION_TYPE_MIGRATION_DEPRECATED, 1, &unknowns, 0x2000,
				VFIO_REGION_INFO_FLAG_READ, NULL);
	if (result) {
		vfio_pci_core_disable(core);
		return result;
	}
	vfio_pci_core_finish_enable(core);
	return 0;
}

static const struct vfio_device_ops ops = {
	.name = "fake_regions",
	.init = vfio_pci_core_init_dev,
	.release = vfio_pci_core_release_dev,
	.open_device = open_device,
	.close_device = vfio_pci_core_close_device,
	.ioctl = vfio_pci_core_ioctl,
	.get_region_info_caps = get_region_info,
	.device_feature = vfio_pci_core_ioctl_feature,
	.read = vfio_pci_core_read,
	.write = vfio_pci_core_write,
	.mmap = vfio_pci_core_mmap,
	.request = vfio_pci_core_request,
	.match = vfio_pci_core_match,
	.match_token_uuid = vfio_pci_core_match_token_uuid,
	.bind_iommufd = vfio_iommufd_physical_bind,
	.unbind_iommufd = vfio_iommufd_physical_unbind,
	.attach_ioas = vfio_iommufd_physical_attach_ioas,
	.detach_ioas = vfio_iommufd_physical_detach_ioas,
};

static int probe(struct pci_dev *dev, const struct pci_device_id *id)
{
	struct vfio_pci_core_device *core =
		vfio_alloc_device(vfio_pci_core_device, vdev, &dev->dev, &ops);
	int result;

	if (IS_ERR(core))
		return PTR_ERR(core);
	dev_set_drvdata(&dev->dev, core);
	result = vfio_pci_core_register_device(core);
	if (result)
		vfio_put_device(&core->vdev);
	return result;
}

static void remove(struct pci_dev *dev)
{
	struct vfio_pci_core_device *core = dev_get_drvdata(&dev->dev);

	vfio_pci_core_unregister_device(core);
	vfio_put_device(&core->vdev);
}

static const struct pci_device_id table[] = {
	{ PCI_DRIVER_OVERRIDE_DEVICE_VFIO(PCI_ANY_ID, PCI_ANY_ID) },
	{ }
};

static struct pci_driver fake_regions_driver = {
	.name = "fake_regions",
	.id_table = table,
	.probe = probe,
	.remove = remove,
	.err_handler = &vfio_pci_core_err_handlers,
	.driver_managed_dma = true,
};

module_pci_driver(fake_regions_driver);
MODULE_DESCRIPTION("Variant driver with many capabilities for tests of VFIO");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_IMPORT_NS("IOMMUFD");
