//! Requests in C and in Rust: both write the same bytes for every request.

use std::fmt::Write;

use capchain::emit;
use capchain::ir::c_requests::CRequest;
use capchain::lower::lower;
use support::compilers::Workdir;
use support::fixtures;
use vfio_abi::requests::*;
use vfio_abi::uapi::*;

const HEAD: &str = "\
#include <stdio.h>
#include \"vfio_abi.h\"

static __u8 buf[256];

/* Prints an argument; an address in it, at the offset if that is not 0, is cleared. */
static void show(const char *name, vfio_abi_size size, vfio_abi_size address)
{
	if (address)
		__builtin_memset(buf + address, 0, 8);
	printf(\"%s \", name);
	for (vfio_abi_size at = 0; at < size; at++)
		printf(\"%02x\", buf[at]);
	printf(\"\\n\");
}

int main(void)
{
	const __s32 fds[] = { 3, -1, 0x7fffffff };
	const __u8 bytes[16] = { 1, 0, 255, 4 };
	const __u32 pasid = 0xfffff;
	const struct vfio_eeh_pe_err error = { 1, 2, 3, 4 };
	const struct vfio_region_dma_range parts[2] = { { 0x1000, 2 }, { ~1ULL, 4 } };
	const struct vfio_device_feature_dma_logging_range ranges[2] = { { 1, 2 }, { 3, 4 } };
	__u64 bits[2] = { 0 };
	__u8 memory[8] = { 0 };
	void *const near = (void *)1, *const far = (void *)~1UL;

";

/// The argument of a request, without the address at an offset.
fn hex(mut request: impl Request, address: usize) -> String {
    let mut buffer = [0xee; 256];
    let bytes = request.write(&mut buffer).expect("a buffer that is large enough");
    if address > 0 {
        bytes[address..address + 8].fill(0);
    }
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("text");
        text
    })
}

/// The requests: name, parameters and initializers of members in C, offset of an address, and
/// the bytes in Rust.
fn requests() -> Vec<(&'static str, [&'static str; 2], usize, String)> {
    let (fds, bytes) = ([3, -1, 0x7fff_ffff], {
        let mut bytes = [0_u8; 16];
        bytes[..4].copy_from_slice(&[1, 0, 255, 4]);
        bytes
    });
    let (mut bits, mut memory) = ([0_u64; 2], [0_u8; 8]);
    let ranges = [vfio_device_feature_dma_logging_range::default(); 2];
    let (big, index) = (u64::MAX - 1, u32::MAX);
    let mut all = Vec::new();
    macro_rules! request {
        ($name:literal, $parameters:literal, $members:literal, $rust:expr) => {
            request!($name, $parameters, $members, 0, $rust)
        };
        ($name:literal, $parameters:literal, $members:literal, $address:literal, $rust:expr) => {
            all.push(($name, [$parameters, $members], $address, hex($rust, $address)))
        };
    }
    request!("bind_iommufd", "-1", "", BindIommufd::new(-1));
    let mut bind = BindIommufd::new(7);
    bind.token_uuid_ptr = Some(&bytes);
    request!("bind_iommufd", "7", ".token_uuid = bytes", 16, bind);
    request!("attach_iommufd_pt", "", ".pt_id = ~0U", AttachIommufdPt::new(index));
    let mut attach = AttachIommufdPt::new(1);
    attach.pasid = Some(0xfffff);
    request!("attach_iommufd_pt", "", ".pt_id = 1, .pasid = &pasid", attach);
    request!("detach_iommufd_pt", "", ".pasid = 0", DetachIommufdPt::new());
    let mut detach = DetachIommufdPt::new();
    detach.pasid = Some(0xfffff);
    request!("detach_iommufd_pt", "", ".pasid = &pasid", detach);
    request!("set_pci_vf_token", "", ".data = bytes", SetPciVfToken::new(bytes));
    request!("get_migration", "", "", GetMigration::new());
    request!("get_mig_device_state", "", "", GetMigDeviceState::new());
    let running = vfio_device_mig_state::RUNNING;
    request!("set_mig_device_state", "2", "", SetMigDeviceState::new(running));
    request!("set_low_power_entry", "", "", SetLowPowerEntry::new());
    let wakeup = SetLowPowerEntryWithWakeup::new(-2);
    request!("set_low_power_entry_with_wakeup", "-2", "", wakeup);
    request!("set_low_power_exit", "", "", SetLowPowerExit::new());
    let start = SetDmaLoggingStart::new(4096, &ranges);
    request!(
        "set_dma_logging_start",
        "",
        ".page_size = 4096, .ranges = ranges, .ranges_count = 2",
        24,
        start
    );
    request!("set_dma_logging_stop", "", "", SetDmaLoggingStop::new());
    let report = GetDmaLoggingReport::new(big, 4096 * 128, 4096, &mut bits);
    request!(
        "get_dma_logging_report",
        "",
        ".iova = ~1ULL, .length = 4096 * 128, .page_size = 4096, .bitmap = bits, .bitmap_count = 2",
        32,
        report
    );
    request!("get_mig_data_size", "", "", GetMigDataSize::new());
    let set = DeviceFeatureBusMasterOp::SET_MASTER;
    request!("set_bus_master", "VFIO_DEVICE_FEATURE_SET_MASTER", "", SetBusMaster::new(set));
    let mut parts = [vfio_region_dma_range::default(); 2];
    (parts[0].offset, parts[0].length) = (0x1000, 2);
    (parts[1].offset, parts[1].length) = (big, 4);
    let dma_buf = GetDmaBuf::new(2, 0x80000, 0, &parts);
    request!(
        "get_dma_buf",
        "",
        ".region_index = 2, .open_flags = 0x80000, .dma_ranges = parts, .dma_ranges_count = 2",
        dma_buf
    );
    request!("set_mig_precopy_infov2", "", "", SetMigPrecopyInfov2::new());
    request!("get_zpci_error", "", ".data = memory", 8, GetZpciError::new(&mut memory));
    request!(
        "feature_probe",
        "9",
        ".flags = VFIO_DEVICE_FEATURE_SET",
        FeatureProbe::new(9, DeviceFeatureFlags::SET)
    );
    let mut error = vfio_eeh_pe_err::default();
    (error.r#type, error.func, error.addr, error.mask) = (1, 2, 3, 4);
    request!("eeh_pe_op", "5", ".arg = &error", EehPeOp::new(5, error));
    let probe = DeviceGfxPlaneInfoFlags::PROBE;
    let plane = QueryGfxPlane::new(probe, 3);
    request!(
        "query_gfx_plane",
        "",
        ".flags = VFIO_GFX_PLANE_TYPE_PROBE, .drm_plane_type = 3",
        plane
    );
    request!("get_status", "", "", GetStatus::new());
    let eventfd = Ioeventfd::new(DeviceIoeventfdWidth::Ioeventfd64, 1, big, -1);
    request!("ioeventfd", "VFIO_DEVICE_IOEVENTFD_64, -1", ".offset = 1, .data = ~1ULL", eventfd);
    request!("iommu_spapr_tce_get_info", "", "", IommuSpaprTceGetInfo::new());
    let register = IommuSpaprRegisterMemory::new(big, 2);
    request!("iommu_spapr_register_memory", "", ".vaddr = far, .size = 2", register);
    let unregister = IommuSpaprUnregisterMemory::new(1, big);
    request!("iommu_spapr_unregister_memory", "", ".vaddr = near, .size = ~1ULL", unregister);
    let create = IommuSpaprTceCreate::new(16, big, 2);
    request!(
        "iommu_spapr_tce_create",
        "",
        ".page_shift = 16, .window_size = ~1ULL, .levels = 2",
        create
    );
    request!("iommu_spapr_tce_remove", "", ".start_addr = ~1ULL", IommuSpaprTceRemove::new(big));
    let map = IommuMapDma::new(IommuType1DmaMapFlags::WRITE, 1, big, 3);
    request!(
        "iommu_map_dma",
        "",
        ".flags = VFIO_DMA_MAP_FLAG_WRITE, .vaddr = near, .iova = ~1ULL, .size = 3",
        map
    );
    let unmap = IommuUnmapDma::new(IommuType1DmaUnmapFlags::ALL, big, 1);
    request!(
        "iommu_unmap_dma",
        "",
        ".flags = VFIO_DMA_UNMAP_FLAG_ALL, .iova = ~1ULL, .size = 1",
        unmap
    );
    let flags = IommuType1DmaUnmapFlags::empty();
    let unmap = IommuUnmapDmaGetDirtyBitmap::new(flags, 1, 4096, 4096, &mut bits);
    request!(
        "iommu_unmap_dma_get_dirty_bitmap",
        "",
        ".iova = 1, .size = 4096, .pgsize = 4096, .data = bits, .data_count = 2",
        40,
        unmap
    );
    request!("iommu_dirty_pages_start", "", "", IommuDirtyPagesStart::new());
    request!("iommu_dirty_pages_stop", "", "", IommuDirtyPagesStop::new());
    let bitmap = IommuDirtyPagesGetBitmap::new(1, 4096, 4096, &mut bits);
    request!(
        "iommu_dirty_pages_get_bitmap",
        "",
        ".iova = 1, .size = 4096, .pgsize = 4096, .data = bits, .data_count = 2",
        40,
        bitmap
    );
    request!("get_irq_info", "", ".index = ~0U", GetIrqInfo::new(index));
    let none = SetIrqsNone::new(IrqSetAction::Mask, 1, index, 3);
    request!(
        "set_irqs_none",
        "VFIO_IRQ_SET_ACTION_MASK",
        ".index = 1, .start = ~0U, .count = 3",
        none
    );
    let bools = SetIrqsBool::new(IrqSetAction::Unmask, 1, 2, &bytes);
    request!(
        "set_irqs_bool",
        "VFIO_IRQ_SET_ACTION_UNMASK",
        ".index = 1, .start = 2, .data = bytes, .data_count = 16",
        bools
    );
    let eventfds = SetIrqsEventfd::new(IrqSetAction::Trigger, 2, 1, &fds);
    request!(
        "set_irqs_eventfd",
        "VFIO_IRQ_SET_ACTION_TRIGGER",
        ".index = 2, .start = 1, .data = fds, .data_count = 3",
        eventfds
    );
    request!("mig_get_precopy_info", "", "", MigGetPrecopyInfo::new());
    request!("pci_hot_reset", "", ".group_fds = fds, .group_fds_count = 3", PciHotReset::new(&fds));
    request!("pci_hot_reset", "", ".group_fds = 0", PciHotReset::new(&[]));
    all
}

#[test]
fn requests_have_the_same_bytes_in_c_and_in_rust() {
    let abi = lower(&fixtures::spec(), None);
    let requests = requests();
    for plan in &abi.protocol.requests {
        let is_known = requests.iter().any(|(name, ..)| plan.name == *name);
        assert!(is_known, "{} is not compared", plan.name);
    }
    let (mut program, mut expected) = (HEAD.to_owned(), String::new());
    for (name, [parameters, members], address, bytes) in requests {
        let args = match members.is_empty() {
            true => String::new(),
            false => format!(", &(const struct vfio_abi_{name}_args){{ {members} }}"),
        };
        let plan = abi.protocol.requests.iter().find(|plan| plan.name == name);
        let is_later = CRequest::new(&abi, plan.expect("a request")).has_short_form();
        let function = [name, if is_later && !members.is_empty() { "_with" } else { "" }].concat();
        let parameters = match parameters.is_empty() {
            true => String::new(),
            false => [", ", parameters].concat(),
        };
        writeln!(
            program,
            "\tshow(\"{name}\", vfio_abi_{function}(buf, sizeof(buf){parameters}{args}), {address});"
        )
        .expect("text");
        writeln!(expected, "{name} {bytes}").expect("text");
    }
    program += "\treturn 0;\n}\n";
    let printed = Workdir::new(&emit::c_header(&abi).contents).run(&program);
    for (printed, expected) in printed.lines().zip(expected.lines()) {
        assert_eq!(printed, expected);
    }
    assert_eq!(printed.lines().count(), expected.lines().count());
}
