//! Chains in a space: the generated walks, over bytes and through accessors, read every space
//! as `decode` does.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use capchain::decode::{Subject, conformance_text, decode};
use capchain::ir::Abi;
use capchain::layout::TARGETS;
use capchain::lower::lower;
use support::process::succeed_with_input;
use support::random::{Random, rounds};
use support::{fixtures, space_program};
use tempfile::TempDir;

/// A chain and the bytes of a space.
pub(crate) type Case = (String, Vec<u8>);

fn abi() -> Abi {
    lower(&fixtures::open(&fixtures::root().join("codegen/tests/specs/space")), None)
}

/// A space with both chains and a capability of each kind.
fn seed() -> Vec<u8> {
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

/// The texts of `decode` and of both programs, which must be alike.
pub(crate) fn agree(abi: &Abi, cases: &[Case]) -> Vec<String> {
    Programs::new(abi).agree(abi, cases)
}

/// The programs of an ABI that read spaces: by bytes and through accessors.
pub(crate) struct Programs {
    rust: PathBuf,
    c: PathBuf,
    _folder: TempDir,
}

impl Programs {
    pub(crate) fn new(abi: &Abi) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let rust = space_program::rust(folder.path(), abi);
        let c = space_program::c(folder.path(), abi);
        Self { rust, c, _folder: folder }
    }

    /// The texts of `decode` and of the programs, which must be alike.
    pub(crate) fn agree(&self, abi: &Abi, cases: &[Case]) -> Vec<String> {
        let decoded = decoded(abi, cases);
        for (name, texts) in self.texts(cases) {
            for ((case, one), two) in cases.iter().zip(&decoded).zip(texts) {
                assert!(one == &two, "{case:02x?}\n{one}\n{name}: {two}");
            }
        }
        decoded
    }

    /// The texts of each program.
    pub(crate) fn texts(&self, cases: &[Case]) -> Vec<(&'static str, Vec<String>)> {
        let line = |(chain, bytes): &Case| {
            let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("{chain} {hex}\n")
        };
        let input: String = cases.iter().map(line).collect();
        let mut accessors = Command::new(&self.c);
        accessors.arg("accessors");
        let programs = [
            ("Rust", Command::new(&self.rust)),
            ("C", Command::new(&self.c)),
            ("C by accessors", accessors),
        ];
        let texts = programs.into_iter().map(|(name, mut program)| {
            let text = succeed_with_input(&mut program, input.as_bytes());
            let answers = text.split_terminator(".\n").map(str::to_owned).collect::<Vec<_>>();
            assert_eq!(answers.len(), cases.len(), "{name}");
            (name, answers)
        });
        texts.collect()
    }
}

fn decoded(abi: &Abi, cases: &[Case]) -> Vec<String> {
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

fn case(chain: &str, bytes: &[u8]) -> Case {
    (chain.to_owned(), bytes.to_vec())
}

#[test]
fn walks_of_spaces_follow_the_rules() {
    let space = seed();
    let edited = |edits: &[(usize, u8)]| {
        let mut space = space.clone();
        edits.iter().for_each(|(at, byte)| space[*at] = *byte);
        space
    };
    let cases = [
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
    ];
    let texts = agree(&abi(), &cases);
    let expected = fixtures::root().join("codegen/tests/data/spaces.txt");
    let text = texts.join("\n");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&expected, &text).expect("a file");
    }
    assert_eq!(text, fs::read_to_string(&expected).expect("the texts"));
}

#[test]
fn damaged_spaces_are_read_alike() {
    let (abi, space) = (abi(), seed());
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let seeds = [("standard", 256), ("extended", 0x190), ("extended", 4096)];
    let mut cases = Vec::new();
    let sample = rounds(100);
    for (chain, size) in seeds {
        cases.extend((0..sample).map(|_| case(chain, &random.damage(&space[..size]))));
    }
    // Damage where the chains are, so that links and lengths are hit.
    for nth in 0..sample * 10 {
        let mut damaged = space[..0x190].to_vec();
        for _ in 0..1 + nth % 3 {
            let at = [0, 4, 6, 7, 0x34, 0x40, 0x50, 0x70, 0x80, 0x100, 0x140, 0x180];
            let at = at[random.below(at.len())] + random.below(6);
            damaged[at] = random.below(256) as u8;
        }
        cases.push(case(if nth % 2 == 0 { "standard" } else { "extended" }, &damaged));
    }
    let texts = agree(&abi, &cases);
    for word in ["cycle", "inside_fixed", "out_of_bounds", "header_cut", "body_limited"] {
        assert!(texts.iter().any(|text| text.contains(&format!("error {word}"))), "{word}");
    }
}

#[test]
fn every_pair_of_links_is_read_alike() {
    let abi = abi();
    let mut cases = Vec::new();
    let mut space = seed()[..0x100].to_vec();
    space[0x40..].fill(0);
    // Three places that lead to each other, to themselves, out of the chain or nowhere.
    let links = [0, 0x3c, 0x40, 0x44, 0x48, 0x4b, 0xfc];
    for first in [0x40, 0x4a] {
        for links in (0..links.len().pow(3)).map(|n| [n, n / 7, n / 49].map(|n| links[n % 7])) {
            for id in [1, 9] {
                let mut space = space.clone();
                space[0x34] = first;
                for (place, link) in [0x40, 0x44, 0x48].into_iter().zip(links) {
                    space[place..place + 3].copy_from_slice(&[id, link, 4]);
                }
                cases.push(case("standard", &space));
            }
        }
    }
    agree(&abi, &cases);
}
