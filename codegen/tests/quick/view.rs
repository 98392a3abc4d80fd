//! `view`: rules of a handler on made-up spaces of a made-up ABI, whose every byte is
//! known by construction; and devices of QEMU, against the bytes that VFIO showed.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use capchain::decode::{self, Subject};
use capchain::ir::Abi;
use capchain::layout::TARGETS;
use capchain::lower::lower;
use capchain::view::{self, CapFate, HiddenBecause, Relinked, SpaceView, ViewProblem};
use support::captures;
use support::fixtures;
use support::program::{Outcome, run};
use support::spec_folder::SpecFolder;
use support::walkthrough::follow;

const ABI: &str = "abi: NAME\ntitle: A space\ndoc: For tests.\nprefix: NAME\nreleases: [v1.0..v1.9]\n\
                   files: [parts]\nheaders:\n  parts: {path: NAME.h, guards: [NAME_H]}\n";

/// A chain of bytes from the offset at 4, and one of words at 0x40: 4 bits of id, 4 bits
/// of version, 8 bits of the next offset.
const CHAINS: &str = "title: Chains\ndoc: Two.\nheader: parts\nsince: v1.0\nsource: a book\nitems:
  - struct: space_small
    doc: A header.
    fields:
      id: u8, its id
      next: u8, the next one
  - struct: space_large
    doc: A header.
    fields:
      word: u16, all of it
  - chain: small
    doc: Bytes.
    header: small
    first: {offset: 4, type: u8, bound: 8}
    prefix: SPACE_SMALL_
  - chain: large
    doc: Words.
    header: large
    first: {offset: 0x40}
    prefix: SPACE_LARGE_
  - capability: SPACE_SMALL_A
    chain: small
    id: 1
    doc: A.
  - capability: SPACE_SMALL_B
    chain: small
    id: 2
    doc: B.
  - capability: SPACE_LARGE_C
    chain: large
    id: 3
    doc: C.
";

const HEADERS: &str = "cap_headers:
  small: {struct: space_small, id: id, next: next, relative_to: reply, end: 0, align: 4, doc: Bytes.}
  large:
    struct: space_large
    id: word[0..4]
    version: word[4..8]
    next: word[8..16]
    relative_to: reply
    end: 0
    align: 4
    doc: Words.
";

/// A handler that keeps, shows and hides.
const REGION: &str = "title: A region\ndoc: One.\nheader: parts\nsince: v1.0\nsource: a book
items:
  - constants: regions
    doc: Indexes.
    values:
      SHOW_REGION: 1, the region
regions:
  SHOW_REGION:
    doc: A space.
    space: space
    handlers:
      driver:
        source: a book
        keeps:
          - {at: 0, doc: the first byte}
          - {at: 1, bits: 0x0f, reads: zero, since: v1.5, doc: half of the second}
          - {at: 2, reads: host, when: {at: 0, is: 0xff}, doc: the third}
          - {at: 3, doc: the fourth}
          - {at: 3, bits: 0x0f, reads: host, doc: half of it}
          - {at: 5, reads: host, doc: the sixth}
          - {at: 5, bits: 0x0f, reads: zero, doc: half of it}
          - {at: 6, reads: one, doc: the seventh}
          - {at: 6, bits: 0x0f, reads: one, doc: half of it again}
          - {at: 7, reads: zero, doc: the eighth}
          - {at: 7, bits: 0x0f, reads: zero, doc: half of it again}
          - {at: 4, doc: start}
        chains:
          small:
            keeps: [{at: 1, doc: next}]
            first_hidden: unlinked
            none: {at: 0, bits: 0x80}
            shows:
              SPACE_SMALL_A: {length_in: {at: 2}}
              SPACE_SMALL_B:
                length: 4
                since: v1.3..v1.5
                keeps: [{at: 3, reads: one, when: {at: 2, bits: 0x01}, doc: last}]
          large:
            keeps: [{at: 0, size: 2, doc: header}]
            first_hidden: anchor
            none: {at: 0x40, size: 2}
            shows: {SPACE_LARGE_C: 4}
";

fn abi(name: &str, parts: &str, headers: &str) -> SpecFolder {
    let abi = [&ABI.replace("NAME", name), headers].concat();
    SpecFolder::with_files(&[("abi.yaml", &abi), ("parts.yaml", parts)])
}

fn lowered(folder: &SpecFolder, at: &str) -> Abi {
    lower(&fixtures::open(folder.path()), Some(at.parse().expect("a release")))
}

/// The view of a space in a release.
fn seen(space: &[u8], at: &str) -> SpaceView {
    let chains = lowered(&abi("space", CHAINS, HEADERS), "v1.9");
    let region = lowered(&abi("show", REGION, ""), at);
    let (_, handler) = view::handler(&region).expect("a handler");
    view::view(handler, &chains, region.release, space).expect("both fit")
}

/// A space of 128 bytes with these bytes at these offsets.
fn space(parts: &[(usize, &[u8])]) -> Vec<u8> {
    let mut space = vec![0; 128];
    for (at, bytes) in parts {
        space[*at..at + bytes.len()].copy_from_slice(bytes);
    }
    space
}

fn fates(view: &SpaceView, chain: usize) -> Vec<(u64, CapFate)> {
    view.chains[chain].caps.iter().map(|cap| (cap.at, cap.fate)).collect()
}

/// The offsets that a program finds.
fn found(view: &SpaceView, chain: usize) -> Vec<u64> {
    view.chains[chain].found.iter().map(|cap| cap.at).collect()
}

const HIDDEN: CapFate = CapFate::Hidden(HiddenBecause::NotShown);

#[test]
fn a_hidden_capability_is_left_out_of_the_chain() {
    let bytes = space(&[(4, &[8]), (8, &[1, 16, 4]), (16, &[7, 24]), (24, &[2, 0])]);
    let view = seen(&bytes, "v1.9");
    assert_eq!(fates(&view, 0), [(8, CapFate::Shown), (16, HIDDEN), (24, CapFate::Shown)]);
    assert_eq!(found(&view, 0), [8, 24]);
    assert_eq!((view.bytes[9], view.bytes[16]), (24, 7));
    assert_eq!(view.changed(&bytes), [6..7, 9..10]);
}

#[test]
fn a_hidden_first_capability_is_skipped_or_stays_as_an_anchor() {
    let bytes = space(&[
        (4, &[8]),
        (8, &[9, 16]),
        (16, &[1, 0, 4]),
        (0x40, &[0x15, 0x48]),
        (0x48, &[0x13, 0x50]),
        (0x50, &[0x12, 0]),
    ]);
    let view = seen(&bytes, "v1.9");
    assert_eq!((view.bytes[4], found(&view, 0)), (16, vec![16]));
    assert_eq!(view.chains[0].relinked, [Relinked { at: 4, from: 8, to: 16 }]);
    assert_eq!(view.chains[1].relinked, [Relinked { at: 0x48, from: 0x50, to: 0 }]);
    assert_eq!(fates(&view, 1)[0], (0x40, CapFate::Anchor(HiddenBecause::NotShown)));
    assert_eq!(view.bytes[0x40..0x42], [0, 0x48]);
    assert_eq!((found(&view, 1), view.bytes[0x49]), (vec![0x40, 0x48], 0));
}

#[test]
fn nothing_to_show_clears_what_says_that_there_is_a_chain() {
    let bytes = space(&[(0, &[0x83]), (4, &[8]), (8, &[9, 0]), (0x40, &[0x15, 0])]);
    let view = seen(&bytes, "v1.9");
    assert_eq!((view.bytes[0], view.bytes[4]), (3, 0));
    assert_eq!(view.bytes[0x40..0x42], [0, 0]);
    assert!(view.chains[0].removed && found(&view, 0).is_empty());
}

#[test]
fn touching_capabilities_of_one_id_are_one_run() {
    // The second header lies inside the run of the first, so its `next` is the device's.
    let parts: [(usize, &[u8]); 4] =
        [(4, &[8]), (8, &[1, 12, 4]), (12, &[1, 24, 4]), (24, &[9, 0])];
    let view = seen(&space(&parts), "v1.9");
    assert_eq!(fates(&view, 0)[2], (24, CapFate::Reached(HiddenBecause::NotShown, 12)));
    assert_eq!(found(&view, 0), [8, 12, 24]);
    assert_eq!(view.chains[0].relinked, []);
    let apart: [(usize, &[u8]); 4] =
        [(4, &[8]), (8, &[1, 16, 4]), (16, &[1, 24, 4]), (24, &[9, 0])];
    let apart = seen(&space(&apart), "v1.9");
    assert_eq!(found(&apart, 0), [8, 16]);
    assert_eq!(apart.chains[0].relinked, [Relinked { at: 16, from: 24, to: 0 }]);
}

#[test]
fn a_length_of_zero_hides() {
    let bytes = space(&[(4, &[8]), (8, &[1, 0, 0])]);
    let view = seen(&bytes, "v1.9");
    assert_eq!(fates(&view, 0), [(8, CapFate::Hidden(HiddenBecause::NoLength))]);
}

#[test]
fn releases_and_conditions_select_the_rules() {
    let bytes = space(&[(0, &[0xff, 0xff, 0xff]), (4, &[8]), (8, &[2, 0, 1, 0])]);
    let (old, new) = (seen(&bytes, "v1.2"), seen(&bytes, "v1.9"));
    assert_eq!(fates(&old, 0), [(8, HIDDEN)]);
    assert_eq!(fates(&new, 0), [(8, CapFate::Shown)]);
    assert_eq!((old.bytes[1], new.bytes[1]), (0xff, 0xf0));
    assert_eq!((old.bytes[11], new.bytes[11]), (0, 0xff));
    assert_eq!((new.host[2], new.kept[2], new.kept[1]), (0xff, 0, 0x0f));
    let other = space(&[(0, &[1, 0, 0xff]), (4, &[8]), (8, &[2, 0, 0, 0])]);
    let other = seen(&other, "v1.9");
    assert_eq!((other.host[2], other.bytes[11]), (0, 0));
}

#[test]
fn of_two_rules_for_a_bit_the_later_one_counts() {
    let view = seen(&space(&[(3, &[0x5a, 0, 0x5a, 0x5a, 0x5a])]), "v1.9");
    assert_eq!(view.bytes[3..8], [0x5a, 0, 0x50, 0xff, 0]);
    assert_eq!(view.kept[3..8], [0xf0, 0xff, 0x0f, 0xff, 0xff]);
    assert_eq!(view.host[3..8], [0x0f, 0, 0xf0, 0, 0]);
}

#[test]
fn a_release_within_a_range_is_reported() {
    let region = lowered(&abi("show", REGION, ""), "v1.4");
    let (_, handler) = view::handler(&region).expect("a handler");
    let sentences = view::uncertain(handler, region.release);
    assert_eq!(
        sentences[0],
        "it is not known whether v1.4 shows `SPACE_SMALL_B` (added between v1.3 and v1.5)"
    );
}

#[test]
fn a_name_that_the_other_abi_does_not_have_is_an_error() {
    let chains = lowered(&abi("space", &CHAINS.replace("SMALL_B", "SMALL_Z"), HEADERS), "v1.9");
    let region = lowered(&abi("show", REGION, ""), "v1.9");
    let (_, handler) = view::handler(&region).expect("a handler");
    let error = view::view(handler, &chains, region.release, &[0; 128]).expect_err("no B");
    assert_eq!(error, "the chain `small` of space has no `SPACE_SMALL_B`");
}

#[test]
fn offsets_that_count_from_each_capability_are_an_error() {
    let headers = HEADERS.replacen("relative_to: reply", "relative_to: capability", 1);
    let chains = lowered(&abi("space", CHAINS, &headers), "v1.9");
    let region = lowered(&abi("show", REGION, ""), "v1.9");
    let (_, handler) = view::handler(&region).expect("a handler");
    let error = view::view(handler, &chains, region.release, &[0; 128]).expect_err("relative");
    assert!(error.contains("`small` of space count from each capability"), "{error}");
}

/// The problems of a space of 128 bytes.
fn problems(parts: &[(usize, &[u8])]) -> Vec<ViewProblem> {
    seen(&space(parts), "v1.9").problems
}

#[test]
fn a_loop_is_a_problem_and_no_more_capabilities() {
    let parts: [(usize, &[u8]); 4] = [(4, &[8]), (8, &[1, 16, 4]), (16, &[9, 24]), (24, &[2, 8])];
    let view = seen(&space(&parts), "v1.9");
    assert_eq!(fates(&view, 0), [(8, CapFate::Shown), (16, HIDDEN), (24, CapFate::Shown)]);
    assert_eq!(view.problems, [ViewProblem::Cycle { chain: "small".to_owned(), at: 8 }]);
    assert_eq!(problems(&[(4, &[8]), (8, &[1, 0, 4])]), []);
}

/// The last step in a loop of hidden capabilities decides which of them is reached: there
/// are as many steps as the chain has places for headers.
#[test]
fn a_loop_of_hidden_capabilities_is_left_after_all_steps() {
    // 30 places from 8 to 128: one is shown, and 29 steps lead to the second of the four.
    let parts: [(usize, &[u8]); 5] =
        [(8, &[1, 16, 4]), (16, &[9, 20]), (20, &[9, 24]), (24, &[9, 28]), (28, &[9, 16])];
    let view = seen(&space(&[&[(4, &[8][..])], &parts[..]].concat()), "v1.9");
    assert_eq!(view.chains[0].relinked, [Relinked { at: 8, from: 16, to: 20 }]);
    assert_eq!(view.bytes[9], 20);
}

/// The driver takes (256 - 64) / 4 steps in `vfio_cap_init`, and (4096 - 256) / 4 in
/// `vfio_ecap_init`.
#[test]
fn a_loop_of_a_device_is_left_where_the_driver_leaves_it() {
    let [pci, vfio] = pci_and_vfio("v7.3");
    let (_, handler) = view::handler(&vfio).expect("a handler");
    for (size, extended) in [(256, false), (4096, true)] {
        let mut device = vec![0; size];
        (device[6], device[0x34]) = (0x10, 0x40);
        // PCI Express, and five capabilities of id 0.
        device[0x40..0x44].copy_from_slice(&[0x10, 0x80, 2, 0]);
        for nth in 0..5 {
            device[0x81 + 4 * nth] = (0x80 + 4 * ((nth + 1) % 5)) as u8;
        }
        let header = |id: u32, next: usize| (id | 1 << 16 | (next as u32) << 20).to_le_bytes();
        if extended {
            device[0x100..0x104].copy_from_slice(&header(1, 0x200));
            for nth in 0..5 {
                let next = 0x200 + 4 * ((nth + 1) % 5);
                device[0x200 + 4 * nth..][..4].copy_from_slice(&header(0xfff, next));
            }
        }
        let view = view::view(handler, &pci, vfio.release, &device).expect("a view");
        assert_eq!(usize::from(view.bytes[0x41]), 0x80 + 4 * (47 % 5), "{size}");
        if extended {
            assert_eq!(view.bytes[0x100..0x104], header(1, 0x200 + 4 * (959 % 5)));
        }
    }
}

#[test]
fn a_chain_that_leaves_its_bytes_is_a_problem() {
    let chain = || "small".to_owned();
    let cut = problems(&[(4, &[8]), (8, &[1, 0x90, 4])]);
    assert_eq!(cut, [ViewProblem::Cut { chain: chain(), at: 0x90 }]);
    let outside = problems(&[(4, &[8]), (8, &[1, 4, 4])]);
    assert_eq!(outside, [ViewProblem::Outside { chain: chain(), at: 4 }]);
    let header = problems(&[(4, &[0x7f])]);
    assert_eq!(header, [ViewProblem::Cut { chain: chain(), at: 0x7f }]);
}

/// The problems of some bytes of a device of 4096 bytes, as words with offsets.
fn problems_of(device: &[u8]) -> Vec<(&'static str, Option<u64>)> {
    let [pci, vfio] = pci_and_vfio("v7.3");
    let (_, handler) = view::handler(&vfio).expect("a handler");
    let view = view::view(handler, &pci, vfio.release, device).expect("a view");
    let problems = view.problems.iter();
    problems.map(|one| (one.word(), one.place().map(|(_, at)| at))).collect()
}

/// What a user without rights reads of a device is its start, and `lspci -xxx` prints
/// 256 bytes: both lack capabilities that the bytes announce.
#[test]
fn a_dump_that_ends_early_is_a_problem_and_a_whole_one_is_none() {
    let text = fs::read_to_string(captures::live_folder().join("config/7.3.txt")).expect("text");
    let (mut short, mut express) = (0, 0);
    for (address, [device, _]) in devices(&text) {
        assert_eq!(problems_of(&device), [], "{address}");
        if device[6] & 0x10 != 0 {
            let first = u64::from(device[0x34]);
            assert_eq!(problems_of(&device[..64]), [("cut", Some(first))], "{address}");
            short += 1;
        }
        if device.len() > 256 && device[0x100..0x104] != [0; 4] {
            assert_eq!(problems_of(&device[..256]), [("cut", Some(0x100))], "{address}");
            express += 1;
        }
    }
    assert!(short >= 5 && express >= 2, "{short} {express}");
}

#[test]
fn bytes_that_are_no_device_are_a_problem() {
    let words = |bytes: &[u8]| problems_of(bytes).into_iter().map(|(word, _)| word);
    let examples = fixtures::root().join("docs/examples");
    for example in ["region.bin", "sparse_mmap.bin"] {
        let bytes = fs::read(examples.join(example)).expect("a reply");
        assert!(words(&bytes).any(|word| word == "size"), "{example}");
    }
    assert_eq!(words(&[0xff; 256]).collect::<Vec<_>>(), ["no_answer"]);
    let mut other = [0; 256];
    other[0xe] = 0x55;
    assert_eq!(words(&other).collect::<Vec<_>>(), ["doubtful"]);
    assert_eq!(words(&[0; 256]).collect::<Vec<_>>(), Vec::<&str>::new());
}

/// Every short space, and every space of a few random bytes: the walk ends, and bytes that
/// are not kept are the device's.
#[test]
fn every_space_has_a_view() {
    let chains = lowered(&abi("space", CHAINS, HEADERS), "v1.9");
    let region = lowered(&abi("show", REGION, ""), "v1.9");
    let (_, handler) = view::handler(&region).expect("a handler");
    let mut state = 1_u32;
    let mut random = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    for round in 0..4000 {
        let device: Vec<u8> =
            (0..round % 129).map(|_| [random() & 0x7c, random() & 3][round & 1]).collect();
        let view = view::view(handler, &chains, region.release, &device).expect("a view");
        assert_eq!(view.bytes.len(), device.len());
        for (at, byte) in device.iter().enumerate() {
            assert_eq!((view.bytes[at] ^ byte) & !view.kept[at], 0, "{device:02x?} at {at}");
        }
    }
}

/// The files of `.ci/live-config`: a release each.
fn live_files() -> Vec<PathBuf> {
    let folder = captures::live_folder().join("config");
    let folders = [Some(folder), std::env::var_os("CAPCHAIN_CONFIG_SPACES").map(PathBuf::from)];
    let entries =
        folders.into_iter().flatten().flat_map(|folder| fs::read_dir(folder).expect("files"));
    let paths = entries.map(|entry| entry.expect("a file").path());
    paths.filter(|path| path.extension().is_some_and(|ending| ending == "txt")).collect()
}

/// The bytes of each device of a file, from sysfs and through VFIO.
fn devices(text: &str) -> BTreeMap<&str, [Vec<u8>; 2]> {
    let mut devices = BTreeMap::<&str, [Vec<u8>; 2]>::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let words: Vec<_> = line.split(' ').collect();
        let [address, from, digits] = words[..] else { panic!("{line}") };
        let bytes = digits.as_bytes().chunks(2).map(|pair| {
            let pair = std::str::from_utf8(pair).expect("digits");
            u8::from_str_radix(pair, 16).expect("digits")
        });
        devices.entry(address).or_default()[usize::from(from == "vfio")] = bytes.collect();
    }
    devices
}

/// The configuration space of PCI, and the ABI with the region in a release.
fn pci_and_vfio(at: &str) -> [Abi; 2] {
    let pci = fixtures::open(&fixtures::root().join("spec/pci"));
    let release = Some(at.parse().expect("a release"));
    [lower(&pci, None), lower(&fixtures::spec(), release)]
}

/// The offsets and ids of the capabilities that `decode` reads.
fn walked(pci: &Abi, chain: &str, space: &[u8]) -> Vec<(u64, u64)> {
    let id = pci.find_chain(chain).expect("a chain");
    let walked = decode::decode(pci, Subject::Chain(id), &TARGETS[0], space);
    walked.caps.iter().map(|cap| (cap.at, cap.id)).collect()
}

#[test]
fn vfio_shows_what_is_predicted() {
    let (mut spaces, mut hidden, mut reached) = (0, 0, 0);
    for path in live_files() {
        let release = path.file_stem().expect("a name").to_string_lossy();
        let [pci, vfio] = pci_and_vfio(&format!("v{release}"));
        let (_, handler) = view::handler(&vfio).expect("a handler");
        let text = fs::read_to_string(&path).expect("spaces");
        for (address, [device, shown]) in devices(&text) {
            let view = view::view(handler, &pci, vfio.release, &device).expect("a view");
            assert_eq!(view.bytes.len(), shown.len(), "{release} {address}");
            for (at, byte) in shown.iter().enumerate() {
                let wrong = (view.bytes[at] ^ byte) & !view.host[at];
                assert_eq!(wrong, 0, "{release} {address} at {at:#x}");
            }
            for chain in &view.chains {
                let found: Vec<_> = chain.found.iter().map(|cap| (cap.at, cap.id)).collect();
                let walked = walked(&pci, &chain.name, &shown);
                assert_eq!(found, walked, "{release} {address} {}", chain.name);
                let fates = || chain.caps.iter().map(|cap| cap.fate);
                hidden += fates().filter(|fate| matches!(fate, CapFate::Hidden(_))).count();
                reached += fates().filter(|fate| matches!(fate, CapFate::Reached(..))).count();
            }
            spaces += 1;
        }
    }
    println!("{spaces} spaces as predicted; {hidden} hidden, {reached} reached all the same");
    assert!(spaces >= 20 && hidden >= 5 && reached >= 1, "{spaces} {hidden} {reached}");
}

/// Devices with changed bytes: there is always a view, a byte that is not kept is the device's,
/// and a program finds the capabilities that `decode` reads.
#[test]
fn changed_devices_have_a_view() {
    let [pci, vfio] = pci_and_vfio("v7.3");
    let (_, handler) = view::handler(&vfio).expect("a handler");
    let text = fs::read_to_string(captures::live_folder().join("config/7.3.txt")).expect("text");
    let mut state = 7_u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(state >> 33).expect("31 bits") % below
    };
    for [device, _] in devices(&text).values() {
        for _ in 0..40 {
            let mut device = device.clone();
            for _ in 0..random(6) + 1 {
                let near = [0x34, 0x40, 0x100, 0x200][random(4)] + random(0x40);
                let at = near.min(device.len() - 1);
                device[at] = [0, 0xff, 0x40, 0x10][random(4)] ^ random(16) as u8;
            }
            device.truncate([64, 256, 4096, random(4096)][random(4)].min(device.len()));
            let view = view::view(handler, &pci, vfio.release, &device).expect("a view");
            let kept = view.bytes.iter().zip(&device).zip(&view.kept);
            assert!(kept.into_iter().all(|((seen, own), kept)| (seen ^ own) & !kept == 0));
            for chain in view.chains.iter().filter(|chain| !chain.removed) {
                let found: Vec<_> = chain.found.iter().map(|cap| (cap.at, cap.id)).collect();
                assert_eq!(found, walked(&pci, &chain.name, &view.bytes), "{}", chain.name);
            }
        }
    }
}

/// What lspci prints with `-v` and `-xxx`: lines between a device and its rows.
#[test]
fn devices_with_lines_before_their_rows_are_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    let rows = |status: u8| {
        let row = |nth: u8| format!("{:x}0:{}\n", nth, " 00".repeat(16));
        let first = format!("00: 86 80 10 9d 00 00 {status:02x} 00{}\n", " 00".repeat(8));
        [first].into_iter().chain((1..4).map(row)).collect::<String>()
    };
    let text = format!(
        "00:1c.0 PCI bridge: one\n\tControl: I/O+ Mem+\n\tCapabilities: [40] Express\n{}\n\
         00:1f.2 SATA controller: two\n\tControl: I/O- Mem-\n{}",
        rows(0x10),
        rows(0)
    );
    let path = folder.path().join("devices");
    fs::write(&path, text).expect("a file");
    let Outcome { code, stdout, stderr } =
        run(&fixtures::root(), &["view", path.to_str().expect("a path")]);
    assert_eq!((code, &*stderr), (0, ""), "{stdout}");
    for form in ["lspci, 00:1c.0", "lspci, 00:1f.2"] {
        assert!(stdout.contains(&format!("input: 64 bytes, {form}\n")), "{stdout}");
    }
}

#[test]
fn the_guide_prints_what_view_prints() {
    let root = fixtures::root();
    let codes = follow(&root.join("docs/view.md"), &root);
    assert!(codes.len() >= 3 && codes.iter().all(|code| *code == 0), "{codes:?}");
}
