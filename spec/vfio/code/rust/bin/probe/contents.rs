//! The contents of replies as numbers with names.

use vfio_abi::mappable::mappable;
use vfio_abi::requests::PciHotResetInfo;
use vfio_abi::uapi::*;
use vfio_abi::views::{
    DeviceCap, DeviceInfo, IommuType1Info, RegionCap, RegionInfo, Type1Cap, UnknownCap,
};

use crate::answer::{Capability, Contents, Field, Name};

/// A field of a struct with flags.
macro_rules! flags {
    ($owner:literal, $name:literal, $flags:expr, $prefix:literal) => {{
        let flags = $flags;
        let names = flags.iter_names().map(|(name, _)| name);
        Field::new($owner, $name, flags.bits()).flags($prefix, names, flags.unknown())
    }};
}

/// A capability by the kernel's name of its id, and the short form of that.
macro_rules! known {
    ($cap:expr, $id:ident, $short:literal, $fields:expr) => {
        Capability {
            at: $cap.offset(),
            id: $id,
            version: $cap.version(),
            name: Some(Name { whole: stringify!($id).to_owned(), short: $short }),
            fields: Vec::from($fields),
            size: $cap.bytes().len(),
        }
    };
}

fn unknown(cap: &UnknownCap<'_>) -> Capability {
    let (at, id, version) = (cap.offset(), cap.id().into(), cap.version());
    Capability { at, id, version, name: None, fields: Vec::new(), size: cap.bytes().len() }
}

/// The status of a group.
pub fn group(status: vfio_group_status) -> Contents {
    Contents::of([flags!("vfio_group_status", "flags", status.flags, "VFIO_GROUP_FLAGS_")])
}

/// The properties of a type1 IOMMU.
pub fn type1(info: IommuType1Info<'_>) -> Contents {
    let owner = "vfio_iommu_type1_info";
    let fields = [
        flags!("vfio_iommu_type1_info", "flags", info.flags(), "VFIO_IOMMU_INFO_"),
        Field::new(owner, "iova_pgsizes", info.iova_pgsizes()),
    ];
    Contents::of(fields).chain(info.caps().filter_map(|cap| cap.map(type1_cap).transpose()))
}

fn type1_cap(cap: Type1Cap<'_>) -> Option<Capability> {
    Some(match cap {
        Type1Cap::IovaRange(cap) => {
            let owner = "vfio_iommu_type1_info_cap_iova_range";
            let mut fields = vec![Field::new(owner, "nr_iovas", cap.nr_iovas())];
            for (nth, range) in cap.iova_ranges().iter().enumerate() {
                let part = format!("iova_ranges[{nth}]");
                fields.push(Field::new("vfio_iova_range", "start", range.start).below(&part));
                fields.push(Field::new("vfio_iova_range", "end", range.end).below(&part));
            }
            known!(cap, VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE, "IOVA_RANGE", fields)
        }
        Type1Cap::Migration(cap) => {
            let owner = "vfio_iommu_type1_info_cap_migration";
            let fields = [
                Field::new(owner, "flags", cap.flags()),
                Field::new(owner, "pgsize_bitmap", cap.pgsize_bitmap()),
                Field::new(owner, "max_dirty_bitmap_size", cap.max_dirty_bitmap_size()),
            ];
            known!(cap, VFIO_IOMMU_TYPE1_INFO_CAP_MIGRATION, "MIGRATION", fields)
        }
        Type1Cap::DmaAvail(cap) => {
            let fields = [Field::new("vfio_iommu_type1_info_dma_avail", "avail", cap.avail())];
            known!(cap, VFIO_IOMMU_TYPE1_INFO_DMA_AVAIL, "DMA_AVAIL", fields)
        }
        Type1Cap::Unknown(cap) => unknown(&cap),
        // The crate is of the same version as the program.
        _ => return None,
    })
}

/// The properties of an sPAPR TCE IOMMU.
pub fn spapr(info: vfio_iommu_spapr_tce_info) -> Contents {
    let owner = "vfio_iommu_spapr_tce_info";
    let ddw = |name, value: u64| Field::new("vfio_iommu_spapr_tce_ddw_info", name, value);
    Contents::of([
        flags!("vfio_iommu_spapr_tce_info", "flags", info.flags, "VFIO_IOMMU_SPAPR_INFO_"),
        Field::new(owner, "dma32_window_start", info.dma32_window_start),
        Field::new(owner, "dma32_window_size", info.dma32_window_size),
        ddw("pgsizes", info.ddw.pgsizes).below("ddw"),
        ddw("max_dynamic_windows_supported", info.ddw.max_dynamic_windows_supported.into())
            .below("ddw"),
        ddw("levels", info.ddw.levels.into()).below("ddw"),
    ])
}

/// The description of a device.
pub fn device(info: DeviceInfo<'_>) -> Contents {
    let fields = [
        flags!("vfio_device_info", "flags", info.flags(), "VFIO_DEVICE_FLAGS_"),
        Field::new("vfio_device_info", "num_regions", info.num_regions()),
        Field::new("vfio_device_info", "num_irqs", info.num_irqs()),
    ];
    Contents::of(fields).chain(info.caps().filter_map(|cap| cap.map(device_cap).transpose()))
}

fn device_cap(cap: DeviceCap<'_>) -> Option<Capability> {
    Some(match cap {
        DeviceCap::ZpciBase(cap) => {
            let field =
                |name, value: u64| Field::new("vfio_device_info_cap_zpci_base", name, value);
            let mut fields = vec![
                field("start_dma", cap.start_dma()),
                field("end_dma", cap.end_dma()),
                field("pchid", cap.pchid().into()),
                field("vfn", cap.vfn().into()),
                field("fmb_length", cap.fmb_length().into()),
                field("pft", cap.pft().into()),
                field("gid", cap.gid().into()),
            ];
            fields.extend(cap.fh().map(|fh| field("fh", fh.into())));
            let length = cap.ccdf_err_length();
            fields.extend(length.map(|length| field("ccdf_err_length", length.into())));
            known!(cap, VFIO_DEVICE_INFO_CAP_ZPCI_BASE, "ZPCI_BASE", fields)
        }
        DeviceCap::ZpciGroup(cap) => {
            let owner = "vfio_device_info_cap_zpci_group";
            let field = |name, value: u64| Field::new(owner, name, value);
            let flags = flags!(
                "vfio_device_info_cap_zpci_group",
                "flags",
                cap.flags(),
                "VFIO_DEVICE_INFO_ZPCI_FLAG_"
            );
            let mut fields = vec![
                field("dasm", cap.dasm()),
                field("msi_addr", cap.msi_addr()),
                flags,
                field("mui", cap.mui().into()),
                field("noi", cap.noi().into()),
                field("maxstbl", cap.maxstbl().into()),
                field("version", cap.version_field().into()),
            ];
            fields.extend(cap.imaxstbl().map(|size| field("imaxstbl", size.into())));
            known!(cap, VFIO_DEVICE_INFO_CAP_ZPCI_GROUP, "ZPCI_GROUP", fields)
        }
        DeviceCap::ZpciUtil(cap) => {
            let fields = [Field::new("vfio_device_info_cap_zpci_util", "size", cap.size())];
            known!(cap, VFIO_DEVICE_INFO_CAP_ZPCI_UTIL, "ZPCI_UTIL", fields)
        }
        DeviceCap::ZpciPfip(cap) => {
            let fields = [Field::new("vfio_device_info_cap_zpci_pfip", "size", cap.size())];
            known!(cap, VFIO_DEVICE_INFO_CAP_ZPCI_PFIP, "ZPCI_PFIP", fields)
        }
        DeviceCap::PciAtomicComp(cap) => {
            let fields = [flags!(
                "vfio_device_info_cap_pci_atomic_comp",
                "flags",
                cap.flags(),
                "VFIO_PCI_ATOMIC_"
            )];
            known!(cap, VFIO_DEVICE_INFO_CAP_PCI_ATOMIC_COMP, "PCI_ATOMIC_COMP", fields)
        }
        DeviceCap::Unknown(cap) => unknown(&cap),
        // The crate is of the same version as the program.
        _ => return None,
    })
}

/// The description of a region; its mappable parts too, if the size of a page is given.
pub fn region(info: RegionInfo<'_>, page_size: Option<u64>) -> Contents {
    let owner = "vfio_region_info";
    let fields = [
        flags!("vfio_region_info", "flags", info.flags(), "VFIO_REGION_INFO_FLAG_"),
        Field::new(owner, "index", info.index()),
        Field::new(owner, "size", info.size()),
        Field::new(owner, "offset", info.offset()),
    ];
    let parts = page_size.and_then(|size| mappable(&info, size, None).ok());
    let caps = info.caps().filter_map(|cap| cap.map(region_cap).transpose());
    let contents = Contents::of(fields).chain(caps);
    Contents { mappable: parts.into_iter().flatten().collect(), ..contents }
}

fn region_cap(cap: RegionCap<'_>) -> Option<Capability> {
    Some(match cap {
        RegionCap::SparseMmap(cap) => {
            let owner = "vfio_region_info_cap_sparse_mmap";
            let mut fields = vec![Field::new(owner, "nr_areas", cap.nr_areas())];
            for (nth, area) in cap.areas().iter().enumerate() {
                let (owner, part) = ("vfio_region_sparse_mmap_area", format!("areas[{nth}]"));
                fields.push(Field::new(owner, "offset", area.offset).below(&part));
                fields.push(Field::new(owner, "size", area.size).below(&part));
            }
            known!(cap, VFIO_REGION_INFO_CAP_SPARSE_MMAP, "SPARSE_MMAP", fields)
        }
        RegionCap::Type(cap) => {
            let owner = "vfio_region_info_cap_type";
            let fields = [
                Field::new(owner, "type", cap.r#type()),
                Field::new(owner, "subtype", cap.subtype()),
            ];
            known!(cap, VFIO_REGION_INFO_CAP_TYPE, "TYPE", fields)
        }
        RegionCap::MsixMappable(cap) => {
            known!(cap, VFIO_REGION_INFO_CAP_MSIX_MAPPABLE, "MSIX_MAPPABLE", [])
        }
        #[allow(deprecated, reason = "old kernels have it")]
        RegionCap::Nvlink2Ssatgt(cap) => {
            let fields = [Field::new("vfio_region_info_cap_nvlink2_ssatgt", "tgt", cap.tgt())];
            known!(cap, VFIO_REGION_INFO_CAP_NVLINK2_SSATGT, "NVLINK2_SSATGT", fields)
        }
        #[allow(deprecated, reason = "old kernels have it")]
        RegionCap::Nvlink2Lnkspd(cap) => {
            let owner = "vfio_region_info_cap_nvlink2_lnkspd";
            let fields = [Field::new(owner, "link_speed", cap.link_speed())];
            known!(cap, VFIO_REGION_INFO_CAP_NVLINK2_LNKSPD, "NVLINK2_LNKSPD", fields)
        }
        RegionCap::Unknown(cap) => unknown(&cap),
        // The crate is of the same version as the program.
        _ => return None,
    })
}

/// The description of a block of interrupts.
pub fn irqs(info: vfio_irq_info) -> Contents {
    Contents::of([
        flags!("vfio_irq_info", "flags", info.flags, "VFIO_IRQ_INFO_"),
        Field::new("vfio_irq_info", "index", info.index),
        Field::new("vfio_irq_info", "count", info.count),
    ])
}

/// The devices that a hot reset affects. Who owns each depends on how the device was
/// opened, and is left out.
pub fn hot_reset(info: PciHotResetInfo<'_>) -> Contents {
    let mut fields = vec![
        flags!("vfio_pci_hot_reset_info", "flags", info.flags(), "VFIO_PCI_HOT_RESET_FLAG_"),
        Field::new("vfio_pci_hot_reset_info", "count", info.count()),
    ];
    for (nth, device) in info.devices().iter().enumerate() {
        let (owner, part) = ("vfio_pci_dependent_device", format!("devices[{nth}]"));
        fields.push(Field::new(owner, "segment", device.segment).below(&part));
        fields.push(Field::new(owner, "bus", device.bus).below(&part));
        fields.push(Field::new(owner, "devfn", device.devfn).below(&part));
    }
    Contents::of(fields)
}

/// The migration states that a device has.
pub fn migration(payload: vfio_device_feature_migration) -> Contents {
    let flags = flags!("vfio_device_feature_migration", "flags", payload.flags, "VFIO_MIGRATION_");
    Contents::of([flags])
}

/// The migration state of a device.
pub fn migration_state(payload: vfio_device_feature_mig_state) -> Contents {
    let state = payload.device_state;
    let name = state.name().map(|name| Name::new("VFIO_DEVICE_STATE_", name));
    let field = Field::new("vfio_device_feature_mig_state", "device_state", state.bits());
    Contents::of([field.name(name)])
}

/// The amount of data that a device is expected to send.
pub fn migration_size(payload: vfio_device_feature_mig_data_size) -> Contents {
    let (owner, length) = ("vfio_device_feature_mig_data_size", payload.stop_copy_length);
    Contents::of([Field::new(owner, "stop_copy_length", length)])
}

/// The device's id in its iommufd.
pub fn bind(reply: vfio_device_bind_iommufd) -> Contents {
    Contents::of([Field::new("vfio_device_bind_iommufd", "out_devid", reply.out_devid)])
}
