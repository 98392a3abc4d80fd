//! Spaces of the specification `tests/specs/space`, with what `decode` reads in them.

use capchain::decode::{Subject, conformance_text, decode};
use capchain::ir::Abi;
use capchain::layout::TARGETS;
use capchain::lower::lower;

use crate::fixtures;

/// A chain and the bytes of a space.
pub type Case = (String, Vec<u8>);

/// The ABI of the specification.
pub fn abi() -> Abi {
    lower(&fixtures::open(&fixtures::root().join("codegen/tests/specs/space")), None)
}

/// A space with both chains and a capability of each kind.
pub fn seed() -> Vec<u8> {
    let mut space = vec![0; 4096];
    let mut put = |at: usize, bytes: &[u8]| space[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &0x1af4_u16.to_le_bytes());
    put(4, &[0x10]);
    put(0x34, &[0x43]);
    put(0x40, &[1, 0x51, 2, 1, 10, 11, 12, 13]);
    put(0x50, &[9, 0x70, 24, 2, 3, 0, 0, 16, 0, 0, 0, 0, 0, 1]);
    put(0x70, &[9, 0x80, 5]);
    put(0x80, &[16, 0, 2, 0, 1, 0, 2, 0]);
    put(0x100, &(3_u32 | 2 << 16 | 0x140 << 20).to_le_bytes());
    put(0x104, &[1, 0, 0, 0, 2, 0, 0, 0, 3]);
    put(0x140, &(0x23_u32 | 1 << 16 | 0x180 << 20).to_le_bytes());
    put(0x144, &(0x1e98_u32 | 0x18 << 20).to_le_bytes());
    put(0x148, &[0, 0, 5, 0, 0, 0, 0, 0, 0, 16]);
    put(0x180, &(0x99_u32 | 1 << 16).to_le_bytes());
    space
}

/// The texts of `decode`.
pub fn decoded(abi: &Abi, cases: &[Case]) -> Vec<String> {
    let decoded = cases.iter().map(|(chain, bytes)| {
        let subject = Subject::Chain(abi.find_chain(chain).expect("a chain"));
        // The byte order of the target does not matter.
        let texts = [&TARGETS[0], &TARGETS[4]]
            .map(|target| conformance_text(&decode(abi, subject, target, bytes)));
        let [text, big_endian] = texts;
        assert_eq!(text, big_endian);
        text
    });
    decoded.collect()
}

/// A case.
pub fn case(chain: &str, bytes: &[u8]) -> Case {
    (chain.to_owned(), bytes.to_vec())
}

/// Spaces that show each rule of a walk.
pub fn rules() -> Vec<Case> {
    let space = seed();
    let edited = |edits: &[(usize, u8)]| {
        let mut space = space.clone();
        edits.iter().for_each(|(at, byte)| space[*at] = *byte);
        space
    };
    vec![
        case("standard", &space),
        case("extended", &space),
        // No flag, another kind of space, a kind without chain.
        case("standard", &edited(&[(4, 0xef)])),
        case("standard", &edited(&[(6, 0x82), (7, 0x80)])),
        case("standard", &edited(&[(6, 1)])),
        // No capability of the other chain, and so no chain.
        case("extended", &edited(&[(0x80, 17)])),
        // The vendor is another one, so the kind is unknown.
        case("standard", &edited(&[(0, 0xf5)])),
        // Headers that mean no capability.
        case("standard", &edited(&[(0x70, 0xff)])),
        case("extended", &edited(&[(0x140, 0xff), (0x141, 0xff), (0x142, 0xff), (0x143, 0xff)])),
        case("extended", &edited(&[(0x100, 0), (0x101, 0), (0x102, 0), (0x103, 0)])),
        // A cycle is noticed at the first return.
        case("standard", &edited(&[(0x81, 0x50)])),
        // A capability that leads to itself ends with the chain.
        case("standard", &edited(&[(0x81, 0x80)])),
        // Offsets before and after the chain, a header that is cut.
        case("standard", &edited(&[(0x81, 0x20)])),
        case("standard", &edited(&[(0x81, 0xfc)])),
        case("standard", &space[..0x81]),
        case("extended", &space[..0x100]),
        case("extended", &space[..0x142]),
        // Lengths: too short for the fields, longer than the room; a count without room.
        case("standard", &edited(&[(0x52, 10)])),
        case("standard", &edited(&[(0x72, 200)])),
        case("standard", &edited(&[(0x72, 2)])),
        case("standard", &edited(&[(0x82, 200)])),
        // The end of the space is after all offsets, and the second of two empty headers.
        case("standard", &space[..0x70]),
        case("extended", &space[..0x140]),
        case("standard", &edited(&[(0x71, 0xff)])),
    ]
}

/// A space with one capability, which starts at 0x40 and ends at `end`; or at the end of the
/// space, if that is earlier.
pub fn alone(kind: u8, id: u8, body: &[u8], end: usize) -> Vec<u8> {
    let mut space = vec![0; 0x100];
    (space[4], space[6], space[7], space[0x34]) = (0x10, kind, 0x40, 0x40);
    space[0x40] = id;
    space[0x42..0x42 + body.len()].copy_from_slice(body);
    match end % 4 {
        // Another capability that no field of the first one reads.
        0 if end < 0x100 => (space[0x41], space[end]) = (end as u8, 0x99),
        _ => space.truncate(end),
    }
    space
}

/// A space in which fields of an extended capability exist by bits of a standard one: with this
/// body of the standard one (id 17 at 0x50), which ends at `end`, and of the extended one.
pub fn beside(kind: u8, link: &[u8], end: u8, trace: &[u8]) -> Vec<u8> {
    let mut space = vec![0; 0x100];
    (space[4], space[6], space[7], space[0x34]) = (0x10, kind, 0x40, 0x40);
    space[0x40..0x42].copy_from_slice(&[16, 0x50]);
    space[0x50..0x52].copy_from_slice(&[17, end]);
    space[0x52..0x52 + link.len()].copy_from_slice(link);
    space[usize::from(end)] = 0x99;
    space.extend((2_u32 | 1 << 16).to_le_bytes());
    space.extend(trace);
    space
}

/// A space in which fields of a capability of the third chain exist by the length of the standard
/// one with id 9, which has it and ends there; without a length, with none of that id.
pub fn third(length: Option<u8>, note: &[u8]) -> Vec<u8> {
    let mut space = vec![0; 0x1000];
    (space[4], space[0x34]) = (0x10, 0x40);
    space[0x40] = if length.is_some() { 9 } else { 8 };
    space[0x42] = length.unwrap_or(4);
    space.extend([1, 0, 0, 0]);
    space.extend(note);
    space
}
