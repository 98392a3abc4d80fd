//! The features of the generated crate. `.ci/run` also builds it with each of
//! them alone.

use vfio_abi::uapi::{
    RegionInfoFlags, vfio_device_info, vfio_iova_range, vfio_region_info, vfio_region_info_cap_type,
};
use zerocopy::{FromBytes, IntoBytes};

#[test]
fn zerocopy_sees_structs_as_bytes() {
    let mut info = vfio_region_info::new();
    info.flags = RegionInfoFlags::MMAP;
    info.size = 0x1234;
    let back = vfio_region_info::read_from_bytes(info.as_bytes()).expect("the right size");
    assert_eq!(back, info);
    assert!(vfio_region_info::read_from_bytes(&info.as_bytes()[1..]).is_err());
}

#[test]
fn bytemuck_sees_structs_as_bytes() {
    let ranges = [vfio_iova_range { start: 1, end: 2 }, vfio_iova_range { start: 3, end: 4 }];
    let bytes: &[u8] = bytemuck::cast_slice(&ranges);
    assert_eq!(bytes.len(), 32);
    let back: &[vfio_iova_range] = bytemuck::cast_slice(bytes);
    assert_eq!(back, ranges);
}

#[test]
fn serde_writes_and_reads_structs() {
    let mut info = vfio_region_info::new();
    info.flags = RegionInfoFlags::READ | RegionInfoFlags(1 << 20);
    let text = serde_json::to_string(&info).expect("JSON");
    assert!(text.contains("\"flags\":1048577"), "{text}");
    let back: vfio_region_info = serde_json::from_str(&text).expect("the struct");
    assert_eq!(back, info);
}

/// What a program stored before a field existed has the value of `new` there.
#[test]
fn serde_reads_structs_of_before_a_later_field() {
    let text = r#"{"argsz": 40, "flags": 3, "num_regions": 9, "num_irqs": 5, "cap_offset": 0}"#;
    let info: vfio_device_info = serde_json::from_str(text).expect("the struct");
    assert_eq!((info.argsz, info.num_regions, info.pad), (40, 9, 0));
    let cap: vfio_region_info_cap_type = serde_json::from_str(r#"{"type": 7}"#).expect("a cap");
    assert_eq!(cap, vfio_region_info_cap_type::new().with(|cap| cap.r#type = 7));
    // Structs that do not grow have all of their fields.
    assert!(serde_json::from_str::<vfio_iova_range>(r#"{"start": 1}"#).is_err());
}
