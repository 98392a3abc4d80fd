// SPDX-License-Identifier: GPL-2.0
/*
 * The functions of drivers/iommu/iommu.c that a kernel has only with CONFIG_IOMMUFD_TEST: the
 * mock devices of iommufd's selftests are on a bus of their own. What they need and the kernel
 * does not export is found by its name.
 */
#include <linux/device.h>
#include <linux/iommu.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/property.h>
#include <linux/spinlock.h>
#include "iommu-priv.h"

static notifier_fn_t bus_notifier;
static spinlock_t *registry_lock;
static struct list_head *registry;
static struct mutex *probe_lock;

void iommu_device_unregister_bus(struct iommu_device *iommu, const struct bus_type *bus,
				 struct notifier_block *nb)
{
	bus_unregister_notifier(bus, nb);
	fwnode_remove_software_node(iommu->fwnode);
	iommu_device_unregister(iommu);
}
EXPORT_SYMBOL_GPL(iommu_device_unregister_bus);

/* The bus has no devices yet, so none need be probed. */
int iommu_device_register_bus(struct iommu_device *iommu, const struct iommu_ops *ops,
			      const struct bus_type *bus, struct notifier_block *nb)
{
	int err;

	iommu->ops = ops;
	nb->notifier_call = bus_notifier;
	err = bus_register_notifier(bus, nb);
	if (err)
		return err;
	iommu->fwnode = fwnode_create_software_node(NULL, NULL);
	if (IS_ERR(iommu->fwnode)) {
		bus_unregister_notifier(bus, nb);
		return PTR_ERR(iommu->fwnode);
	}
	spin_lock(registry_lock);
	list_add_tail(&iommu->list, registry);
	spin_unlock(registry_lock);
	WRITE_ONCE(iommu->ready, true);
	return 0;
}
EXPORT_SYMBOL_GPL(iommu_device_register_bus);

int iommu_mock_device_add(struct device *dev, struct iommu_device *iommu)
{
	int err;

	mutex_lock(probe_lock);
	err = iommu_fwspec_init(dev, iommu->fwnode);
	mutex_unlock(probe_lock);
	return err ?: device_add(dev);
}
EXPORT_SYMBOL_GPL(iommu_mock_device_add);

static int __init mock_bus_init(void)
{
	struct kprobe probe = { .symbol_name = "kallsyms_lookup_name" };
	unsigned long (*find)(const char *name);
	int err = register_kprobe(&probe);

	if (err)
		return err;
	find = (void *)probe.addr;
	unregister_kprobe(&probe);
	bus_notifier = (void *)find("iommu_bus_notifier");
	registry_lock = (void *)find("iommu_device_lock");
	registry = (void *)find("iommu_device_list");
	probe_lock = (void *)find("iommu_probe_device_lock");
	return bus_notifier && registry_lock && registry && probe_lock ? 0 : -ENOENT;
}

static void __exit mock_bus_exit(void)
{
}

module_init(mock_bus_init);
module_exit(mock_bus_exit);
MODULE_DESCRIPTION("What the mock devices of iommufd's selftests need");
MODULE_LICENSE("GPL");
