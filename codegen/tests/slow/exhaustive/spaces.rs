//! Every small configuration space: all links between three places, with the ids that differ
//! in what the walk does, and every size of a space.

use capchain::ir::Abi;
use capchain::lower::lower;
use support::fixtures;
use support::space_cases::Case;

use crate::spaces::Programs;

/// Where capabilities start, and what leads to them, between them and out of the chain.
const STANDARD: [usize; 3] = [0x40, 0x44, 0x48];
const STANDARD_LINKS: [u32; 8] = [0, 0x3c, 0x40, 0x44, 0x48, 0x4b, 0xfc, 0xff];
const EXTENDED: [usize; 3] = [0x100, 0x104, 0x108];
const EXTENDED_LINKS: [u32; 7] = [0, 0xfc, 0x100, 0x104, 0x108, 0x10a, 0xffc];

/// A capability of 8 bytes, one with a length, one that makes the other chain exist, and none.
const STANDARD_IDS: [u32; 4] = [1, 9, 16, 0xff];

/// Id and version of a capability of 12 bytes, of two with kinds, and of none.
const EXTENDED_IDS: [u32; 4] = [0x1_0003, 0x1_000b, 0x1_0023, 0];

fn abi() -> Abi {
    lower(&fixtures::open(&fixtures::root().join("spec/pci")), None)
}

/// All combinations of links and ids of three places.
fn combinations(links: &[u32], ids: &[u32]) -> Vec<[(u32, u32); 3]> {
    let each: Vec<_> =
        links.iter().flat_map(|link| ids.iter().map(move |id| (*link, *id))).collect();
    let pairs = each.iter().flat_map(|a| each.iter().map(move |b| (*a, *b)));
    pairs.flat_map(|(a, b)| each.iter().map(move |c| [a, b, *c])).collect()
}

/// A space of a size with a list of capabilities that starts at an offset.
fn space(first: u8, size: usize) -> Vec<u8> {
    let mut space = vec![0; size.max(0x40)];
    space[0x06] = 0x10;
    space[0x34] = first;
    space
}

fn standard() -> Vec<Case> {
    let mut cases = Vec::new();
    for places in combinations(&STANDARD_LINKS, &STANDARD_IDS) {
        let mut space = space(0x40, 0x60);
        for (at, (link, id)) in STANDARD.into_iter().zip(places) {
            space[at..at + 4].copy_from_slice(&[id as u8, link as u8, 4, 0]);
        }
        cases.push(("standard".to_owned(), space));
    }
    cases
}

fn extended() -> Vec<Case> {
    let mut cases = Vec::new();
    for places in combinations(&EXTENDED_LINKS, &EXTENDED_IDS) {
        let mut space = space(0x40, 0x110);
        space[0x40] = 16;
        for (at, (link, id)) in EXTENDED.into_iter().zip(places) {
            space[at..at + 4].copy_from_slice(&(id | link << 20).to_le_bytes());
        }
        cases.push(("extended".to_owned(), space));
    }
    cases
}

/// A space that ends at each of its bytes, filled with zeros and with ones.
fn sizes() -> Vec<Case> {
    let mut whole = space(0x40, 0x120);
    whole[0x40..0x44].copy_from_slice(&[16, 0x50, 2, 0]);
    whole[0x50..0x54].copy_from_slice(&[9, 0, 0xff, 1]);
    whole[0x100..0x104].copy_from_slice(&(0x1_0023_u32 | 0x110 << 20).to_le_bytes());
    whole[0x104..0x108].copy_from_slice(&(0x1e98_u32 | 0xfff << 20).to_le_bytes());
    whole[0x110..0x114].copy_from_slice(&0x1_0003_u32.to_le_bytes());
    let mut cases = Vec::new();
    for chain in ["standard", "extended"] {
        for size in 0..=whole.len() {
            cases.push((chain.to_owned(), whole[..size].to_vec()));
        }
        cases.extend([0, 0xff].map(|byte| (chain.to_owned(), vec![byte; 4096])));
    }
    cases
}

#[test]
#[ignore = "takes minutes; .ci/long exhaustive runs it"]
fn every_small_space_is_read_alike() {
    let (abi, mut count) = (abi(), 0);
    let programs = Programs::new(&abi);
    for cases in [standard(), extended(), sizes()] {
        // The texts of all cases would need gigabytes.
        for cases in cases.chunks(4096) {
            count += programs.agree(&abi, cases).len();
        }
    }
    println!("{count} spaces");
    assert!(count > 50_000, "{count}");
}
