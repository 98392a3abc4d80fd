//! The feature `bindings` as a program of today uses it: the names, types and unions of
//! bindgen. `slow/drop_in.rs` compares it with a real crate.
#![allow(unsafe_code, reason = "bindgen's unions and flexible arrays are unsafe to read")]
#![deny(deprecated, reason = "bindgen marks nothing as deprecated")]

use vfio_abi::bindings::{vfio, vfio_zdev};
use vfio_abi::uapi;

#[test]
fn constants_have_the_types_that_bindgen_chooses() {
    let _: u8 = vfio::VFIO_TYPE;
    let not_owned: i32 = vfio::VFIO_PCI_DEVID_NOT_OWNED;
    assert_eq!(not_owned, -1);
    // 1 << 31 is negative in C.
    let vendor: u32 = vfio::VFIO_REGION_TYPE_PCI_VENDOR_TYPE;
    assert_eq!(vendor, 1 << 31);
    // The field is a u64, and so is the constant of `uapi`.
    let flag: u32 = vfio::VFIO_MIGRATION_PRE_COPY;
    assert_eq!(u64::from(flag), uapi::VFIO_MIGRATION_PRE_COPY);
    let text: &[u8; 9] = vfio::VFIO_DEVICE_API_PCI_STRING;
    assert_eq!(text, b"vfio-pci\0");
    let state: vfio::vfio_device_mig_state =
        vfio::vfio_device_mig_state_VFIO_DEVICE_STATE_PRE_COPY_P2P;
    assert_eq!(state, uapi::VFIO_DEVICE_STATE_PRE_COPY_P2P);
    let index: vfio::_bindgen_ty_1 = vfio::VFIO_PCI_CONFIG_REGION_INDEX;
    assert_eq!(index, 7);
    // Deprecated in `uapi`.
    assert_eq!(vfio::VFIO_REGION_SUBTYPE_MIGRATION_DEPRECATED, 1);
}

#[test]
fn structs_are_built_in_one_expression_from_plain_integers() {
    let info = vfio::vfio_region_info {
        argsz: size_of::<vfio::vfio_region_info>() as u32,
        flags: vfio::VFIO_REGION_INFO_FLAG_READ | vfio::VFIO_REGION_INFO_FLAG_CAPS,
        ..Default::default()
    };
    assert_eq!(info.argsz as usize, size_of::<uapi::vfio_region_info>());
    assert_eq!(info, info.clone());
    let cap = vfio::vfio_region_info_cap_type { type_: 2, ..Default::default() };
    assert_eq!(cap.header.next + cap.type_, 2);
    let bitmap = vfio::vfio_bitmap::default();
    assert!(bitmap.data.is_null());
    let base = vfio_zdev::vfio_device_info_cap_zpci_base {
        header: vfio::vfio_info_cap_header { id: 1, version: 2, next: 0 },
        ..Default::default()
    };
    assert_eq!((base.header.version, base.fh), (2, 0));
}

#[test]
fn a_union_has_its_members_and_prints_as_one() {
    let mut device = vfio::vfio_pci_dependent_device::default();
    device.__bindgen_anon_1.devid = 7;
    // SAFETY: Every member is a u32.
    assert_eq!(unsafe { device.__bindgen_anon_1.group_id }, 7);
    let text = format!("{device:?}");
    assert!(text.contains("vfio_pci_dependent_device__bindgen_ty_1 { union }"), "{text}");
    let op = vfio::vfio_eeh_pe_op::default();
    // SAFETY: The default sets the only member.
    assert_eq!(unsafe { op.__bindgen_anon_1.err }, vfio::vfio_eeh_pe_err::default());
}

#[test]
fn a_flexible_array_is_the_memory_after_its_struct() {
    let mut buffer: Vec<vfio::vfio_irq_set> = (0..2).map(|_| Default::default()).collect();
    let set = buffer.as_mut_ptr();
    // SAFETY: The buffer has 20 bytes after the first struct, all of them initialized, and
    // the pointer is to the whole buffer.
    let data = unsafe { (*set).data.as_mut_slice(4) };
    data.copy_from_slice(&0x0102_0304_u32.to_ne_bytes());
    assert_eq!(buffer[1].argsz, 0x0102_0304);
    assert_eq!(format!("{:?}", buffer[0].data), "__IncompleteArrayField");
    assert_eq!(size_of::<vfio::__IncompleteArrayField<u64>>(), 0);
    assert_eq!(align_of::<vfio::__IncompleteArrayField<u64>>(), align_of::<u64>());
}
