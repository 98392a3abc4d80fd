//! The promise of the project: one entry of the specification adds a capability,
//! every output has it, nothing else changes, and a program that was built before
//! keeps its results.

use capchain::emit;
use capchain::ir::{Abi, Type};
use capchain::output::OutputFile;
use similar::{ChangeTag, TextDiff};
use support::fixtures;
use support::spec_folder::SpecFolder;
use vfio_abi::uapi::{
    RegionInfoFlags, VFIO_REGION_INFO_CAP_SPARSE_MMAP, vfio_info_cap_header, vfio_region_info,
    vfio_region_info_cap_sparse_mmap, vfio_region_sparse_mmap_area,
};

/// An invented capability, as someone would write it.
const ENTRY: &str = "
  - capability: VFIO_REGION_INFO_CAP_NUMA
    id: 8
    since: v7.2
    doc: Tells which memory is nearest to the region.
    struct: vfio_region_info_cap_numa
    fields:
      node: u32, number of the node
      distance: u32, distance to it, as the firmware counts
      latency: u64, typical latency in nanoseconds
";

/// The specification with the entry at the end of `region_info.yaml`.
fn with_entry() -> Abi {
    let spec = SpecFolder::vfio();
    spec.edit("region_info.yaml", |text| text + ENTRY);
    spec.abi()
}

#[test]
fn a_capability_is_one_entry_and_nothing_else_changes() {
    assert!(ENTRY.trim().lines().count() <= 10);
    let before = emit::all(&capchain::lower::lower(&fixtures::spec(), None));
    let after = emit::all(&with_entry());
    let mut added = String::new();
    for file in &after {
        let old = before.iter().find(|old| old.path == file.path);
        added += &only_added(old.map_or("", |old| &old.contents), file);
    }
    assert!(before.iter().all(|old| after.iter().any(|new| new.path == old.path)));
    for expected in [
        "pub const VFIO_REGION_INFO_CAP_NUMA: u32 = 8;",
        "pub struct vfio_region_info_cap_numa {",
        "assert!(offset_of!(vfio_region_info_cap_numa, latency) == 16);",
    ] {
        assert!(added.contains(expected), "no {expected}");
    }
}

/// The lines that were added to a file. No line may be removed, except lines of the
/// reference with numbers of items or lists of uses, and commas of JSON.
fn only_added(old: &str, new: &OutputFile) -> String {
    let diff = TextDiff::from_lines(old, new.contents.as_str());
    let changes: Vec<_> = diff.iter_all_changes().collect();
    let of = |tag| changes.iter().filter(move |change| change.tag() == tag);
    let added: String = of(ChangeTag::Insert).map(|change| change.value()).collect();
    for lost in of(ChangeTag::Delete) {
        let lost_line = lost.value().trim_end();
        // The lists of releases with and without changes.
        let releases = ["Nothing changed in ", "Releases with changes: "];
        let told_again = releases.iter().any(|start| lost_line.starts_with(start))
            || added.lines().any(|line| tells_again(lost_line, line));
        let reference = new.path.starts_with("docs/reference/");
        // One more name in a list of imports moves the others.
        let list = lost_line.trim().ends_with(',') && new.path.contains("/bindings/");
        // A further element follows the one that was the last of its list.
        let comma = new.path.ends_with(".json")
            && added.lines().any(|line| line.strip_suffix(',') == Some(lost_line));
        // The picture of the releases counts all items.
        let picture = new.path.ends_with("/releases.svg");
        assert!(reference && told_again || list || comma || picture, "{}: lost {lost}", new.path);
    }
    added
}

/// Whether two lines differ only in numbers, in one more use, or in more releases of the same item.
fn tells_again(old: &str, new: &str) -> bool {
    let item = |line: &str| line.split(" | ").take(2).map(str::to_owned).collect::<Vec<_>>();
    if old.starts_with("| ") && item(old) == item(new) {
        return true;
    }
    // A page may link to a further page.
    if old.contains(" · previous: ") && new.starts_with(old) {
        return true;
    }
    let uses = |line: &str| line.strip_prefix("- Part of ").map(|uses| uses.matches("](").count());
    match (uses(old), uses(new)) {
        (Some(old), Some(new)) => new == old + 1,
        _ => without_digits(old) == without_digits(new),
    }
}

fn without_digits(line: &str) -> String {
    line.chars().filter(|character| !character.is_ascii_digit()).collect()
}

#[test]
fn a_reader_of_today_keeps_its_results_on_replies_of_tomorrow() {
    let tomorrow = with_entry();
    let known = sparse_mmap(&[(0, 0x1000), (0x2000, 0x1000)]);
    let invented = invented(&tomorrow);
    let mut compared = 0;
    // The invented capability first, between, last, and twice.
    let old_need = reply(&[&known], u32::MAX, 0xa5).need;
    for chain in
        [vec![&invented, &known], vec![&known, &invented], vec![&invented, &known, &invented]]
    {
        let full = reply(&chain, u32::MAX, 0xa5).need;
        for argsz in 32..=full + 24 {
            let (before, after) = (reply(&[&known], argsz, 0xa5), reply(&chain, argsz, 0xa5));
            let (read_before, read_after) = (read(&before.bytes), read(&after.bytes));
            assert_eq!(before.fixed(), after.fixed(), "argsz {argsz}");
            assert!(after.bytes[argsz as usize..].iter().all(|byte| *byte == 0xa5));
            match (argsz >= old_need, argsz >= full) {
                (_, true) => assert_eq!(read_before, read_after, "argsz {argsz}"),
                // The window in which a program that does not retry no longer sees the chain.
                (true, false) => assert_eq!(read_after, Read::Short { need: full }),
                (false, false) => {
                    assert!(matches!(read_before, Read::Short { .. }));
                    assert_eq!(read_after, Read::Short { need: full });
                }
            }
            compared += 1;
        }
    }
    println!("{compared} pairs of replies read alike");
}

/// The body of the capability that the current reader knows.
fn sparse_mmap(areas: &[(u64, u64)]) -> Vec<u8> {
    let count = u32::try_from(areas.len()).expect("a few areas");
    let mut bytes = vec![0; size_of::<vfio_region_info_cap_sparse_mmap>()];
    put16(&mut bytes, 0, VFIO_REGION_INFO_CAP_SPARSE_MMAP as u16);
    put16(&mut bytes, 2, 1);
    put32(&mut bytes, 8, count);
    for (offset, size) in areas {
        bytes.extend(offset.to_ne_bytes());
        bytes.extend(size.to_ne_bytes());
    }
    bytes
}

/// The body of the invented capability, in the new layout.
fn invented(abi: &Abi) -> Vec<u8> {
    let capability = abi.capabilities.iter().find(|cap| cap.name == "VFIO_REGION_INFO_CAP_NUMA");
    let capability = capability.expect("the invented capability");
    let struct_ = abi.struct_(capability.struct_.expect("its struct"));
    let layout = struct_.kernel_layout();
    let mut bytes = vec![0x77; layout.size as usize];
    put16(&mut bytes, 0, capability.id as u16);
    put16(&mut bytes, 2, 1);
    assert!(matches!(struct_.fields[0].type_, Type::Struct(_)));
    bytes
}

/// A reply, with a guard after argsz.
struct Reply {
    bytes: Vec<u8>,
    need: u32,
}

impl Reply {
    /// The fixed part without the fields that a chain may change: argsz, the caps
    /// flag and `cap_offset`.
    fn fixed(&self) -> Vec<u8> {
        let mut fixed = self.bytes[..32].to_vec();
        fixed[0..8].fill(0);
        fixed[12..16].fill(0);
        fixed
    }
}

/// The answer of a current kernel: the chain after the fixed part if argsz has room
/// for it, otherwise a short reply.
fn reply(chain: &[&Vec<u8>], argsz: u32, fill: u8) -> Reply {
    let mut tail = Vec::new();
    let mut offsets = Vec::new();
    for body in chain {
        tail.resize(tail.len().next_multiple_of(8), 0);
        offsets.push(32 + tail.len());
        tail.extend_from_slice(body);
    }
    for (index, offset) in offsets.iter().enumerate() {
        let next = offsets.get(index + 1).copied().unwrap_or(0);
        put32(&mut tail, offset - 32 + 4, u32::try_from(next).expect("a small reply"));
    }
    let need = u32::try_from(32 + tail.len()).expect("a small reply");
    let fits = argsz >= need;
    let room = if argsz == u32::MAX { need } else { argsz };
    let mut bytes = vec![fill; room as usize + 16];
    bytes[..32].fill(0);
    put32(&mut bytes, 0, if fits { argsz } else { need });
    put32(&mut bytes, 4, (RegionInfoFlags::MMAP | RegionInfoFlags::CAPS).bits());
    put32(&mut bytes, 12, if fits { 32 } else { 0 });
    bytes[16..24].copy_from_slice(&0x4000_u64.to_ne_bytes());
    if fits {
        bytes[32..32 + tail.len()].copy_from_slice(&tail);
    }
    Reply { bytes, need }
}

/// The result of the program.
#[derive(Debug, PartialEq)]
enum Read {
    Areas(Vec<(u64, u64)>),
    Short { need: u32 },
    Nothing,
}

/// A program built from the current crate: it sets argsz, tests the flag and then
/// `cap_offset`, and skips unknown ids.
fn read(bytes: &[u8]) -> Read {
    let info = |field| get32(bytes, field);
    let flags = RegionInfoFlags(info(std::mem::offset_of!(vfio_region_info, flags)));
    if !flags.contains(RegionInfoFlags::CAPS) {
        return Read::Nothing;
    }
    let mut at = info(std::mem::offset_of!(vfio_region_info, cap_offset)) as usize;
    if at == 0 {
        return Read::Short { need: info(0) };
    }
    while at != 0 {
        let id = get16(bytes, at + std::mem::offset_of!(vfio_info_cap_header, id));
        if u32::from(id) == VFIO_REGION_INFO_CAP_SPARSE_MMAP {
            return Read::Areas(areas(bytes, at));
        }
        at = get32(bytes, at + std::mem::offset_of!(vfio_info_cap_header, next)) as usize;
    }
    Read::Nothing
}

fn areas(bytes: &[u8], at: usize) -> Vec<(u64, u64)> {
    let count = std::mem::offset_of!(vfio_region_info_cap_sparse_mmap, nr_areas);
    let first = at + std::mem::offset_of!(vfio_region_info_cap_sparse_mmap, areas);
    let each = size_of::<vfio_region_sparse_mmap_area>();
    let area = |index: usize| {
        let at = first + index * each;
        let word = |at: usize| u64::from_ne_bytes(bytes[at..at + 8].try_into().expect("8 bytes"));
        (word(at), word(at + 8))
    };
    (0..get32(bytes, at + count) as usize).map(area).collect()
}

fn put16(bytes: &mut [u8], at: usize, value: u16) {
    bytes[at..at + 2].copy_from_slice(&value.to_ne_bytes());
}

fn put32(bytes: &mut [u8], at: usize, value: u32) {
    bytes[at..at + 4].copy_from_slice(&value.to_ne_bytes());
}

fn get16(bytes: &[u8], at: usize) -> u16 {
    u16::from_ne_bytes(bytes[at..at + 2].try_into().expect("2 bytes"))
}

fn get32(bytes: &[u8], at: usize) -> u32 {
    u32::from_ne_bytes(bytes[at..at + 4].try_into().expect("4 bytes"))
}
