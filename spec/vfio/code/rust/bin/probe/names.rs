//! The numbers that the probe asks for, by their names.
#![allow(deprecated, reason = "old kernels have deprecated extensions")]

use vfio_abi::uapi::*;

use crate::answer::Name;

/// A number by its name, and a part of the name that distinguishes it from the others.
type Named = (u32, &'static str);

/// Constants with their names.
macro_rules! named {
    ($($name:ident),* $(,)?) => { &[$(($name, stringify!($name))),*] };
}

/// Extensions of a container.
pub const EXTENSIONS: &[Named] = named![
    VFIO_TYPE1_IOMMU,
    VFIO_SPAPR_TCE_IOMMU,
    VFIO_TYPE1v2_IOMMU,
    VFIO_DMA_CC_IOMMU,
    VFIO_EEH,
    __VFIO_RESERVED_TYPE1_NESTING_IOMMU,
    VFIO_SPAPR_TCE_v2_IOMMU,
    VFIO_NOIOMMU_IOMMU,
    VFIO_UNMAP_ALL,
    VFIO_UPDATE_VADDR,
];

/// Features of a device.
pub const FEATURES: &[Named] = named![
    VFIO_DEVICE_FEATURE_PCI_VF_TOKEN,
    VFIO_DEVICE_FEATURE_MIGRATION,
    VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE,
    VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY,
    VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY_WITH_WAKEUP,
    VFIO_DEVICE_FEATURE_LOW_POWER_EXIT,
    VFIO_DEVICE_FEATURE_DMA_LOGGING_START,
    VFIO_DEVICE_FEATURE_DMA_LOGGING_STOP,
    VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT,
    VFIO_DEVICE_FEATURE_MIG_DATA_SIZE,
    VFIO_DEVICE_FEATURE_BUS_MASTER,
    VFIO_DEVICE_FEATURE_DMA_BUF,
    VFIO_DEVICE_FEATURE_MIG_PRECOPY_INFOv2,
    VFIO_DEVICE_FEATURE_ZPCI_ERROR,
];

/// Regions of a PCI device.
pub const PCI_REGIONS: &[Named] = named![
    VFIO_PCI_BAR0_REGION_INDEX,
    VFIO_PCI_BAR1_REGION_INDEX,
    VFIO_PCI_BAR2_REGION_INDEX,
    VFIO_PCI_BAR3_REGION_INDEX,
    VFIO_PCI_BAR4_REGION_INDEX,
    VFIO_PCI_BAR5_REGION_INDEX,
    VFIO_PCI_ROM_REGION_INDEX,
    VFIO_PCI_CONFIG_REGION_INDEX,
    VFIO_PCI_VGA_REGION_INDEX,
];

/// Interrupts of a PCI device.
pub const PCI_IRQS: &[Named] = named![
    VFIO_PCI_INTX_IRQ_INDEX,
    VFIO_PCI_MSI_IRQ_INDEX,
    VFIO_PCI_MSIX_IRQ_INDEX,
    VFIO_PCI_ERR_IRQ_INDEX,
    VFIO_PCI_REQ_IRQ_INDEX,
];

/// Regions of an s390 channel device.
pub const CCW_REGIONS: &[Named] = named![VFIO_CCW_CONFIG_REGION_INDEX];

/// Interrupts of an s390 channel device.
pub const CCW_IRQS: &[Named] =
    named![VFIO_CCW_IO_IRQ_INDEX, VFIO_CCW_CRW_IRQ_INDEX, VFIO_CCW_REQ_IRQ_INDEX];

/// Interrupts of an s390 crypto adapter.
pub const AP_IRQS: &[Named] = named![VFIO_AP_REQ_IRQ_INDEX, VFIO_AP_CFG_CHG_IRQ_INDEX];

/// The name of a number in a list.
pub fn name_in(list: &[Named], number: u32) -> Option<Name> {
    let (_, whole) = list.iter().find(|(known, _)| *known == number)?;
    Some(Name { whole: (*whole).to_owned(), short: whole })
}

/// The regions of a device with these flags.
pub fn regions(flags: DeviceInfoFlags) -> &'static [Named] {
    match flags {
        _ if flags.contains(DeviceInfoFlags::PCI) => PCI_REGIONS,
        _ if flags.contains(DeviceInfoFlags::CCW) => CCW_REGIONS,
        _ => &[],
    }
}

/// The interrupts of a device with these flags.
pub fn irqs(flags: DeviceInfoFlags) -> &'static [Named] {
    match flags {
        _ if flags.contains(DeviceInfoFlags::PCI) => PCI_IRQS,
        _ if flags.contains(DeviceInfoFlags::CCW) => CCW_IRQS,
        _ if flags.contains(DeviceInfoFlags::AP) => AP_IRQS,
        _ => &[],
    }
}
