// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Changes what the kernel reads from the configuration space of two devices, so that
 * vfio-pci answers as for hardware that QEMU does not have: a display of Intel, with
 * its regions, and a device below a root port that completes atomic operations.
 *
 *   insmod fake_config.ko igd=0000:03:00.0 atomic=0000:02:00.0
 */
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/pci.h>

#define OPREGION_ORDER	1	/* 8 KiB */
#define OPREGION_ADDR	0xfc

static char *igd = "", *atomic = "";
module_param(igd, charp, 0444);
module_param(atomic, charp, 0444);

/* A byte of configuration space: (value & keep) | set. */
struct change {
	struct pci_bus *bus;
	unsigned int devfn;
	int where;
	u8 keep, set;
};

static struct change changes[32];
static unsigned int nr_changes;

/* The buses whose reads are changed. */
static struct hook {
	struct pci_bus *bus;
	struct pci_ops *ops;
} hooks[4];
static unsigned int nr_hooks;

static struct pci_ops *original(struct pci_bus *bus)
{
	for (unsigned int nth = 0; nth < nr_hooks; nth++)
		if (hooks[nth].bus == bus)
			return hooks[nth].ops;
	return NULL;
}

static int fake_read(struct pci_bus *bus, unsigned int devfn, int where, int size, u32 *value)
{
	int result = original(bus)->read(bus, devfn, where, size, value);

	for (unsigned int nth = 0; !result && nth < nr_changes; nth++) {
		const struct change *change = &changes[nth];
		int shift = 8 * (change->where - where);

		if (change->bus != bus || change->devfn != devfn ||
		    shift < 0 || shift >= 8 * size)
			continue;
		*value &= ~((u32)(u8)~change->keep << shift);
		*value |= (u32)change->set << shift;
	}
	return result;
}

static int fake_write(struct pci_bus *bus, unsigned int devfn, int where, int size, u32 value)
{
	return original(bus)->write(bus, devfn, where, size, value);
}

static struct pci_ops fake_ops = { .read = fake_read, .write = fake_write };

static void change(struct pci_dev *dev, int where, u32 keep, u32 set)
{
	for (int byte = 0; byte < 4; byte++)
		changes[nr_changes++] = (struct change){
			dev->bus, dev->devfn, where + byte, keep >> 8 * byte, set >> 8 * byte,
		};
	if (original(dev->bus))
		return;
	hooks[nr_hooks++] = (struct hook){ dev->bus, dev->bus->ops };
	pci_bus_set_ops(dev->bus, &fake_ops);
}

static struct pci_dev *find(const char *address)
{
	unsigned int domain, bus, slot, function;

	if (sscanf(address, "%x:%x:%x.%x", &domain, &bus, &slot, &function) != 4)
		return NULL;
	return pci_get_domain_bus_and_slot(domain, bus, PCI_DEVFN(slot, function));
}

static int fake_igd(struct pci_dev *dev)
{
	u8 *region = (void *)__get_free_pages(GFP_KERNEL | __GFP_ZERO, OPREGION_ORDER);

	if (!region)
		return -ENOMEM;
	memcpy(region, "IntelGraphicsMem", 16);
	*(__le32 *)(region + 16) = cpu_to_le32(8);	/* KiB */
	*(__le16 *)(region + 22) = cpu_to_le16(0x200);	/* the version, 2.0 */
	change(dev, PCI_VENDOR_ID, 0xffff0000, PCI_VENDOR_ID_INTEL);
	change(dev, OPREGION_ADDR, 0, virt_to_phys(region));
	dev->vendor = PCI_VENDOR_ID_INTEL;
	return 0;
}

static void fake_atomic(struct pci_dev *dev)
{
	const u32 completes = PCI_EXP_DEVCAP2_ATOMIC_COMP32 | PCI_EXP_DEVCAP2_ATOMIC_COMP64 |
			      PCI_EXP_DEVCAP2_ATOMIC_COMP128;
	struct pci_dev *port = pcie_find_root_port(dev);

	change(dev, pci_pcie_cap(dev) + PCI_EXP_DEVCAP2, ~0u, completes);
	if (port && port != dev)
		change(port, pci_pcie_cap(port) + PCI_EXP_DEVCAP2, ~0u,
		       completes | PCI_EXP_DEVCAP2_ATOMIC_ROUTE);
}

static int __init fake_config_init(void)
{
	struct pci_dev *dev = find(igd);
	int result = dev ? fake_igd(dev) : 0;

	dev = find(atomic);
	if (dev)
		fake_atomic(dev);
	return result;
}

module_init(fake_config_init);
MODULE_DESCRIPTION("Fake configuration space for tests of VFIO");
MODULE_LICENSE("Dual MIT/GPL");
