//! The features of the generated crate. `.ci/run` also builds it with each of
//! them alone.

use vfio_abi::uapi::{RegionInfoFlags, vfio_iova_range, vfio_region_info};
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
