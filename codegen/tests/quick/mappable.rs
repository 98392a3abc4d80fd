//! The parts of a region that may be mapped.

use std::ops::Range;

use vfio_abi::mappable::mappable;
use vfio_abi::uapi::{
    RegionInfoFlags, vfio_region_info, vfio_region_info_cap_sparse_mmap,
    vfio_region_sparse_mmap_area,
};
use vfio_abi::views::{NewCap, NewRegionCap, REGION, RegionInfo};

const PAGE: u64 = 4096;

/// The parts of a region of 16 pages and a half.
fn parts(
    areas: Option<&[Range<u64>]>,
    msix_mappable: bool,
    flags: RegionInfoFlags,
    table: Option<Range<u64>>,
) -> Vec<Range<u64>> {
    let mut fixed = vfio_region_info::new();
    (fixed.flags, fixed.size) = (flags, 16 * PAGE + PAGE / 2);
    let areas: Option<Vec<_>> = areas.map(|areas| {
        let area = |range: &Range<u64>| {
            let mut area = vfio_region_sparse_mmap_area::new();
            (area.offset, area.size) = (range.start, range.end - range.start);
            area
        };
        areas.iter().map(area).collect()
    });
    let sparse = vfio_region_info_cap_sparse_mmap::new();
    let mut caps = Vec::new();
    caps.extend(areas.as_ref().map(|areas| NewRegionCap::SparseMmap(&sparse, areas)));
    if msix_mappable {
        caps.push(NewRegionCap::Other(NewCap { id: 3, version: 1, body: &[] }));
    }
    let mut buffer = [0; 512];
    buffer[..4].copy_from_slice(&512_u32.to_ne_bytes());
    REGION.reply(&mut buffer, &fixed, &caps).expect("room");
    let region = RegionInfo::parse(&buffer).expect("a reply");
    mappable(&region, PAGE, table).expect("a sound chain").collect()
}

#[test]
fn the_flag_the_areas_and_the_table_decide() {
    let mmap = RegionInfoFlags::MMAP;
    let whole = 0..16 * PAGE + PAGE / 2;
    assert_eq!(parts(None, false, RegionInfoFlags::READ, None), []);
    assert_eq!(parts(None, false, mmap, None), std::slice::from_ref(&whole));
    // The table is left out with its pages, unless the kernel lets it be mapped.
    let table = Some(2 * PAGE + 100..3 * PAGE + 1);
    let around = [0..2 * PAGE, 4 * PAGE..whole.end];
    assert_eq!(parts(None, false, mmap, table.clone()), around);
    assert_eq!(parts(None, true, mmap, table.clone()), std::slice::from_ref(&whole));
    // Areas are cut to the region and to pages.
    let areas =
        [PAGE..3 * PAGE, 5 * PAGE + 1..8 * PAGE - 1, 16 * PAGE..99 * PAGE, 200 * PAGE..u64::MAX];
    let cut = [PAGE..3 * PAGE, 6 * PAGE..7 * PAGE, 16 * PAGE..whole.end];
    assert_eq!(parts(Some(&areas), false, mmap, None), cut);
    let left = [PAGE..2 * PAGE, 6 * PAGE..7 * PAGE, 16 * PAGE..whole.end];
    assert_eq!(parts(Some(&areas), false, mmap, table), left);
    assert_eq!(parts(Some(&[]), false, mmap, None), []);
    assert_eq!(parts(None, false, mmap, Some(0..u64::MAX)), []);
}

#[test]
fn a_damaged_chain_is_an_error() {
    let mut fixed = vfio_region_info::new();
    (fixed.flags, fixed.size) = (RegionInfoFlags::MMAP, PAGE);
    let mut buffer = [0; 64];
    buffer[..4].copy_from_slice(&64_u32.to_ne_bytes());
    let caps = [NewCap { id: 3, version: 1, body: &[] }];
    REGION.reply(&mut buffer, &fixed, &caps).expect("room");
    buffer[32 + 4..32 + 8].copy_from_slice(&4_u32.to_ne_bytes());
    let region = RegionInfo::parse(&buffer).expect("a reply");
    assert!(mappable(&region, PAGE, None).is_err());
}
