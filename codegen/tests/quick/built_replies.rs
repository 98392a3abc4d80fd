//! The reply builder of the generated crate against real kernels: it writes the
//! capabilities of a sweep's full reply again under the profile of the handler,
//! for every argsz and fill of the sweep. Every byte must equal the kernel's.

use std::collections::BTreeMap;

use support::captures;
use support::captures::Row;
use vfio_abi::uapi::{
    DeviceInfoFlags, IommuType1InfoFlags, RegionInfoFlags, vfio_device_info, vfio_iommu_type1_info,
    vfio_region_info,
};
use vfio_abi::views::{
    DEVICE, DEVICE_V5_10, DeviceCap, DeviceInfo, FixedPart, IOMMUFD, IommuType1Info, NewCap,
    Profile, REGION, RegionCap, RegionInfo, TYPE1, TYPE1_V5_4, Type1Cap,
};

#[test]
fn built_replies_are_those_of_the_kernels() {
    let mut sweeps = BTreeMap::<_, Vec<Row>>::new();
    for row in captures::rows() {
        sweeps.entry(row.group()).or_default().push(row);
    }
    let (mut covered, mut equal, mut others) = (0, 0, 0);
    for (group, rows) in &sweeps {
        match sweep(rows) {
            Some(differences) => {
                covered += rows.len();
                equal += rows.len() - differences.len();
                assert!(differences.is_empty(), "{group:?}: {}", differences[0]);
            }
            None => others += rows.len(),
        }
    }
    println!(
        "{covered} rows covered, {equal} equal; {others} of ioctls without a chain or that fail"
    );
    assert!(covered > 0 && covered == equal);
}

/// The differences between the rows of a sweep and the built replies; none if its
/// ioctl has no chain, or no call succeeded.
fn sweep(rows: &[Row]) -> Option<Vec<String>> {
    let first = rows.first()?;
    let modern = !first.is_old();
    // The sweep also has argsz values far beyond the buffer.
    let honest = rows.iter().filter(|row| row.ret == 0 && row.argsz_in as usize <= row.out().len());
    let full = honest.max_by_key(|row| row.argsz_in)?;
    let out = full.out();
    match (first.ioctl.as_str(), first.path.as_str()) {
        ("VFIO_DEVICE_GET_REGION_INFO", _) => {
            let info = RegionInfo::parse(&out).expect("a full reply");
            let mut fixed = vfio_region_info::new();
            fixed.flags = RegionInfoFlags(info.flags().0 & !RegionInfoFlags::CAPS.0);
            (fixed.size, fixed.offset) = (info.size(), info.offset());
            let caps = info.caps().map(|cap| match cap.expect("a sound chain") {
                RegionCap::SparseMmap(cap) => owned(cap.bytes(), 16 + 16 * cap.areas().len()),
                RegionCap::Type(cap) => owned(cap.bytes(), 16),
                RegionCap::MsixMappable(cap) => owned(cap.bytes(), 8),
                other => panic!("{other:?}"),
            });
            Some(differences(&REGION, rows, Some(8), &fixed, &caps.collect::<Vec<_>>()))
        }
        // A mediated device has a handler of its own, without a chain.
        ("VFIO_DEVICE_GET_INFO", _) if !first.device.contains("-1111-") => {
            let info = DeviceInfo::parse(&out).expect("a full reply");
            let mut fixed = vfio_device_info::new();
            fixed.flags = DeviceInfoFlags(info.flags().0 & !DeviceInfoFlags::CAPS.0);
            (fixed.num_regions, fixed.num_irqs) = (info.num_regions(), info.num_irqs());
            let caps = info.caps().map(|cap| match cap.expect("a sound chain") {
                DeviceCap::PciAtomicComp(cap) => owned(cap.bytes(), 16),
                other => panic!("{other:?}"),
            });
            let profile = if modern { &DEVICE } else { &DEVICE_V5_10 };
            Some(differences(profile, rows, None, &fixed, &caps.collect::<Vec<_>>()))
        }
        ("VFIO_IOMMU_GET_INFO", path) => {
            let info = IommuType1Info::parse(&out).expect("a full reply");
            let mut fixed = vfio_iommu_type1_info::new();
            fixed.flags = IommuType1InfoFlags(info.flags().0 & !IommuType1InfoFlags::CAPS.0);
            fixed.iova_pgsizes = info.iova_pgsizes();
            let caps = info.caps().map(|cap| match cap.expect("a sound chain") {
                Type1Cap::IovaRange(cap) => owned(cap.bytes(), 16 + 16 * cap.iova_ranges().len()),
                Type1Cap::Migration(cap) => owned(cap.bytes(), 32),
                Type1Cap::DmaAvail(cap) => owned(cap.bytes(), 12),
                other => panic!("{other:?}"),
            });
            let profile = match (path, modern) {
                ("compat" | "cdev", _) => &IOMMUFD,
                (_, true) => &TYPE1,
                (_, false) => &TYPE1_V5_4,
            };
            Some(differences(profile, rows, None, &fixed, &caps.collect::<Vec<_>>()))
        }
        _ => None,
    }
}

/// A capability of a full reply: id, version and body.
fn owned(bytes: &[u8], size: usize) -> (u16, u16, Vec<u8>) {
    let half = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
    (half(0), half(2), bytes[8..size].to_vec())
}

fn differences<T: FixedPart>(
    profile: &Profile<T>,
    rows: &[Row],
    index_at: Option<usize>,
    fixed: &T,
    caps: &[(u16, u16, Vec<u8>)],
) -> Vec<String> {
    let caps: Vec<_> = caps
        .iter()
        .map(|(id, version, body)| NewCap { id: *id, version: *version, body })
        .collect();
    let mut differences = Vec::new();
    for row in rows {
        let mut built = row.before(size_of::<T>(), index_at);
        let answer = profile.reply(&mut built, fixed, &caps);
        let kernel = row.out();
        if answer.is_ok() != (row.ret == 0) || built != kernel {
            differences.push(format!(
                "argsz {}: {answer:?}\nbuilt  {built:02x?}\nkernel {kernel:02x?}",
                row.argsz_in
            ));
        }
    }
    differences
}
