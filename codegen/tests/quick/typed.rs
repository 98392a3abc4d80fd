//! Types of the generated crate as servers and clients use them: flags as sets,
//! numbers, structs in one expression, and capabilities that are stored.

use vfio_abi::uapi::{
    PciDependentDeviceDevid, PciIrqIndex, RegionInfoFlags, vfio_irq_info, vfio_region_info,
    vfio_region_info_cap_sparse_mmap, vfio_region_info_cap_type, vfio_region_sparse_mmap_area,
};
use vfio_abi::views::{
    Append, IommuType1Info, NewRegionCap, Profile, REGION, RegionCap, RegionCapBuf, RegionInfo,
    Type1Cap, Type1CapBuf, VFIO_USER, VFIO_USER_RUST_VMM,
};

const READ: RegionInfoFlags = RegionInfoFlags::READ;
const WRITE: RegionInfoFlags = RegionInfoFlags::WRITE;
const MMAP: RegionInfoFlags = RegionInfoFlags::MMAP;
const CAPS: RegionInfoFlags = RegionInfoFlags::CAPS;

/// A bit without a name.
const UNKNOWN: RegionInfoFlags = RegionInfoFlags(1 << 30);

/// Every set of four flags and an unknown bit.
fn sets() -> impl Iterator<Item = RegionInfoFlags> {
    (0..32_u32).map(|bits| RegionInfoFlags(bits & 15 | (bits & 16) << 26))
}

#[test]
fn flags_follow_the_laws_of_sets() {
    assert_eq!(RegionInfoFlags::all(), READ | WRITE | MMAP | CAPS);
    for a in sets() {
        assert_eq!(!a, RegionInfoFlags::all() - a);
        assert_eq!(!!a, RegionInfoFlags::from_bits_truncate(a.bits()));
        assert_eq!(a.is_empty(), a.bits() == 0);
        assert_eq!(a.is_all(), a.bits() & 15 == 15);
        assert_eq!(a.unknown() != 0, a.contains(UNKNOWN));
        assert_eq!(RegionInfoFlags::from_bits(a.0).is_some(), a.unknown() == 0);
        assert_eq!(RegionInfoFlags::from_bits_retain(a.0), a);
        assert_eq!(a.iter().collect::<RegionInfoFlags>().bits(), a.bits() & 15);
        for b in sets() {
            assert_eq!((a - b).bits(), a.bits() & !b.bits());
            assert_eq!(a ^ b, (a | b) - (a & b));
            assert_eq!(a.intersects(b), !(a & b).is_empty());
            assert_eq!(a.contains(b), (b - a).is_empty());
            let (mut inserted, mut removed, mut toggled) = (a, a, a);
            inserted |= b;
            removed -= b;
            toggled ^= b;
            assert_eq!((inserted, removed, toggled), (a | b, a - b, a ^ b));
            let (mut set, mut cleared, mut kept) = (a, a, a);
            set.set(b, true);
            cleared.set(b, false);
            kept &= b;
            assert_eq!((set, cleared, kept), (a | b, a - b, a & b));
        }
    }
}

#[test]
fn flags_are_constant_and_have_names() {
    const WITHOUT_WRITE: RegionInfoFlags = RegionInfoFlags::all().difference(WRITE);
    assert_eq!(format!("{WITHOUT_WRITE:?}"), "READ | MMAP | CAPS");
    let names: Vec<_> = (WRITE | CAPS | UNKNOWN).iter_names().collect();
    assert_eq!(names, [("WRITE", WRITE), ("CAPS", CAPS)]);
    assert_eq!(format!("{:?}", !RegionInfoFlags::all()), "0");
    assert_eq!(format!("{UNKNOWN:?}"), "0x40000000");
    let mut flags = READ;
    flags.extend([MMAP, CAPS]);
    assert_eq!(u32::from(flags), 13);
    assert_eq!(format!("{flags:x} {flags:#X} {flags:#06b} {flags:o}"), "d 0xD 0b1101 15");
}

#[test]
fn numbers_have_the_same_habits() {
    assert_eq!(PciIrqIndex::from_bits(2), Some(PciIrqIndex::MSIX));
    assert_eq!(PciIrqIndex::from_bits(99), None);
    assert_eq!(PciIrqIndex::from(99).bits(), 99);
    assert_eq!(PciIrqIndex::MSIX.bits(), PciIrqIndex::MSIX.0);
    assert_eq!(format!("{:#x}", PciIrqIndex::from(99)), "0x63");
    let not_owned = PciDependentDeviceDevid::from_bits(u32::MAX);
    assert_eq!(not_owned.and_then(PciDependentDeviceDevid::name), Some("NOT_OWNED"));
}

/// `Debug` of views, with a struct of the same fields and derives as the judge.
#[test]
fn views_print_their_fields_by_name() {
    #[derive(Debug)]
    #[allow(dead_code, reason = "the derive reads the fields")]
    struct RegionInfo {
        argsz: u32,
        flags: RegionInfoFlags,
        index: u32,
        size: u64,
        offset: u64,
    }
    #[derive(Debug)]
    #[allow(dead_code, reason = "the derive reads the fields")]
    struct RegionType {
        r#type: u32,
        subtype: u32,
    }
    #[derive(Debug)]
    #[allow(dead_code, reason = "the derive reads the fields")]
    struct RegionSparseMmap {
        nr_areas: u32,
        areas: [vfio_region_sparse_mmap_area; 2],
    }
    #[derive(Debug)]
    #[allow(dead_code, reason = "the derive reads the fields")]
    enum Cap {
        SparseMmap(RegionSparseMmap),
        Type(RegionType),
    }
    let (sparse, type_) = (
        vfio_region_info_cap_sparse_mmap::new(),
        vfio_region_info_cap_type::new().with(|cap| (cap.r#type, cap.subtype) = (7, 9)),
    );
    let caps = [NewRegionCap::SparseMmap(&sparse, &AREAS), NewRegionCap::Type(&type_)];
    let mut reply = request(128);
    let fixed = vfio_region_info::new().with(|info| (info.flags, info.size) = (READ, 0x8000));
    REGION.reply(&mut reply, &fixed, &caps).expect("a reply");
    let view = vfio_abi::views::RegionInfo::parse(&reply).expect("a reply");
    let fields = RegionInfo { argsz: 128, flags: READ | CAPS, index: 3, size: 0x8000, offset: 0 };
    assert_eq!(format!("{view:?}"), format!("{fields:?}"));
    assert_eq!(format!("{view:#?}"), format!("{fields:#?}"));
    let caps = [
        Ok::<_, ()>(Cap::SparseMmap(RegionSparseMmap { nr_areas: 2, areas: AREAS })),
        Ok(Cap::Type(RegionType { r#type: 7, subtype: 9 })),
    ];
    assert_eq!(format!("{:#?}", view.caps()), format!("{caps:#?}"));
    // Whatever is missing, printing ends.
    for end in 0..=reply.len() {
        let mut bytes = reply[..end].to_vec();
        bytes.iter_mut().zip((end as u32).to_ne_bytes()).for_each(|(to, from)| *to = from);
        let cut = vfio_abi::views::RegionInfo::parse(&bytes);
        assert!(
            format!("{:?}", cut.map(|view| (view, view.caps()))).contains("offset: 0") || end < 32
        );
    }
}

/// Each capability has the name that C has for it, and `decode` prints.
#[test]
fn ids_of_capabilities_have_names() {
    type IdName = fn(u16) -> Option<&'static str>;
    let abi = capchain::lower::lower(&support::fixtures::spec(), None);
    let chains: [(&str, IdName); 3] = [
        ("region", RegionCap::id_name),
        ("type1", Type1Cap::id_name),
        ("device", vfio_abi::views::DeviceCap::id_name),
    ];
    let mut named = 0;
    for (chain, name) in chains {
        let chain = abi.find_chain(chain).expect("a chain");
        for id in 0..=u16::MAX {
            let cap =
                abi.capabilities.iter().find(|cap| cap.chain == chain && cap.id == u64::from(id));
            assert_eq!(name(id), cap.map(|cap| cap.short.as_str()), "{id}");
            named += usize::from(cap.is_some());
        }
    }
    assert_eq!(named, abi.capabilities.len());
}

#[test]
fn structs_are_built_in_one_expression() {
    let info = vfio_irq_info::new().with(|info| info.index = PciIrqIndex::MSIX.0);
    assert_eq!((info.argsz, info.index, info.count), (16, 2, 0));
}

/// A request for `argsz` bytes about region 3.
fn request(argsz: usize) -> Vec<u8> {
    let mut buffer = vec![0; argsz];
    buffer[..4].copy_from_slice(&(argsz as u32).to_ne_bytes());
    buffer[8..12].copy_from_slice(&3_u32.to_ne_bytes());
    buffer
}

/// Areas, which live as long as the capabilities that borrow them.
const AREAS: [vfio_region_sparse_mmap_area; 2] = [
    vfio_region_sparse_mmap_area { offset: 0, size: 0x1000 },
    vfio_region_sparse_mmap_area { offset: 0x3000, size: 0x2000 },
];

#[test]
fn capabilities_are_stored_and_appended_again() {
    let sparse = vfio_region_info_cap_sparse_mmap::new();
    let type_ = vfio_region_info_cap_type::new().with(|cap| (cap.r#type, cap.subtype) = (7, 9));
    let unknown = vfio_abi::views::NewCap { id: 77, version: 5, body: &[1, 2, 3, 4, 5, 6, 7, 8] };
    let caps = [
        NewRegionCap::SparseMmap(&sparse, &AREAS),
        NewRegionCap::MsixMappable,
        NewRegionCap::Type(&type_),
        unknown.into(),
    ];
    let size = REGION.required_size(&caps).expect("a size") as usize;
    assert_eq!(size, 32 + 48 + 8 + 16 + 16);
    let fixed = vfio_region_info::new().with(|info| info.size = 0x8000);
    let mut reply = request(size);
    assert_eq!(REGION.reply(&mut reply, &fixed, &caps), Ok(size as u32));

    let read = |reply: &[u8]| -> Vec<RegionCapBuf> {
        let info = RegionInfo::parse(reply).expect("a reply");
        info.caps().map(|cap| cap.expect("a capability").into()).collect()
    };
    let stored = read(&reply);
    let RegionCapBuf::SparseMmap(cap, areas) = &stored[0] else { panic!("{stored:?}") };
    assert_eq!((cap.nr_areas, areas.as_slice()), (2, &AREAS[..]));
    assert_eq!(stored[1], RegionCapBuf::MsixMappable);
    assert_eq!(stored[2], RegionCapBuf::Type(type_));
    let body = unknown.body.to_vec();
    assert_eq!(stored[3], RegionCapBuf::Other { id: 77, version: 5, body });

    let mut again = request(size);
    assert_eq!(REGION.required_size(&stored), Ok(size as u32));
    assert_eq!(REGION.reply(&mut again, &fixed, &stored), Ok(size as u32));
    assert_eq!(again, reply);
}

/// A newer version is passed on as it is: with the fields of an older one it would be a lie.
#[test]
fn capabilities_of_newer_versions_keep_their_bytes() {
    let body: Vec<u8> = (1..=24).collect();
    // The one area that the capability counts, and 8 bytes that only a later version has.
    let areas = [&[1, 0, 0, 0, 0, 0, 0, 0][..], &body].concat();
    for (id, body) in [(2, &body[..]), (1, &areas[..]), (3, &body[..8])] {
        let cap = vfio_abi::views::NewCap { id, version: 2, body };
        let end = vfio_abi::views::NewCap { id: 77, version: 1, body: &[] };
        let size = REGION.required_size(&[cap, end]).expect("a size") as usize;
        let fixed = vfio_region_info::new();
        let mut reply = request(size);
        assert_eq!(REGION.reply(&mut reply, &fixed, &[cap, end]), Ok(size as u32));
        let info = RegionInfo::parse(&reply).expect("a reply");
        let found = info.caps().next().expect("a capability").expect("a sound one");
        assert!(!matches!(found, RegionCap::Unknown(_)), "its known part can be read: {found:?}");
        let cap = found.cap();
        assert_eq!((cap.id(), cap.version(), cap.offset()), (id, 2, 32));
        assert_eq!(cap.bytes().len(), body.len() + 8);
        let stored: Vec<RegionCapBuf> =
            info.caps().map(|cap| cap.expect("a capability").into()).collect();
        assert_eq!(stored[0], RegionCapBuf::Other { id, version: 2, body: body.to_vec() });
        let mut again = request(size);
        assert_eq!(REGION.reply(&mut again, &fixed, &stored), Ok(size as u32));
        assert_eq!(again, reply);
    }
}

/// Nothing says where the last capability ends if its body is not known, so a stored one has the
/// rest of the buffer: no byte of it is lost, and the kernel leaves the others zero.
#[test]
fn the_last_unknown_capability_has_the_rest_of_the_buffer() {
    let cap = vfio_abi::views::NewCap { id: 77, version: 1, body: &[1, 2, 3] };
    let mut reply = request(256);
    REGION.reply(&mut reply, &vfio_region_info::new(), &[cap]).expect("a reply");
    let info = RegionInfo::parse(&reply).expect("a reply");
    let stored: RegionCapBuf = info.caps().next().expect("a cap").expect("a sound one").into();
    let mut body = vec![1, 2, 3];
    body.resize(256 - 32 - 8, 0);
    assert_eq!(stored, RegionCapBuf::Other { id: 77, version: 1, body });
}

#[test]
fn stored_capabilities_of_captures_are_those_of_the_kernel() {
    let mut compared = 0;
    for row in support::captures::rows() {
        let out = row.out();
        // A smaller argsz does not cover cap_offset.
        let covered = (24..=out.len()).contains(&(row.argsz_in as usize));
        if row.ioctl != "VFIO_IOMMU_GET_INFO" || row.ret != 0 || !covered {
            continue;
        }
        let Ok(info) = IommuType1Info::parse(&out) else { continue };
        for cap in info.caps() {
            let cap = cap.expect("a capability");
            let stored = Type1CapBuf::from(cap);
            if let (Type1Cap::IovaRange(view), Type1CapBuf::IovaRange(cap, ranges)) = (cap, stored)
            {
                assert_eq!(cap.nr_iovas as usize, ranges.len());
                assert_eq!(view.iova_ranges().iter().collect::<Vec<_>>(), ranges);
                compared += 1;
            }
        }
    }
    assert!(compared > 10, "{compared} capabilities");
}

/// The reply of a server about a region to a request for 32 bytes.
fn short<C: Append<vfio_region_info>>(
    profile: &Profile<vfio_region_info>,
    caps: &[C],
) -> (RegionInfoFlags, u32, Option<u32>) {
    let mut reply = request(32);
    profile.reply(&mut reply, &vfio_region_info::new(), caps).expect("a reply");
    let info = RegionInfo::parse(&reply).expect("the fixed part");
    assert_eq!(info.caps().count(), 0);
    let offset = u32::from_ne_bytes([reply[12], reply[13], reply[14], reply[15]]);
    (info.flags(), offset, info.required_size())
}

#[test]
fn servers_differ_in_short_replies_and_readers_get_the_same_size() {
    let caps = [RegionCapBuf::SparseMmap(vfio_region_info_cap_sparse_mmap::new(), AREAS.to_vec())];
    assert_eq!(short(&REGION, &caps), (CAPS, 0, Some(80)));
    assert_eq!(short(&VFIO_USER, &caps), (RegionInfoFlags::empty(), 0, Some(80)));
    assert_eq!(short(&VFIO_USER_RUST_VMM, &caps), (CAPS, 32, Some(80)));

    let mut full = request(80);
    let size = VFIO_USER_RUST_VMM.reply(&mut full, &vfio_region_info::new(), &caps);
    assert_eq!(size, Ok(80));
    let info = RegionInfo::parse(&full).expect("a reply");
    let Some(Ok(RegionCap::SparseMmap(cap))) = info.caps().next() else { panic!("{info:?}") };
    assert_eq!(cap.areas().iter().collect::<Vec<_>>(), AREAS);
}
