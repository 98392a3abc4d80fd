//! Chains in a space: the generated walks, over bytes and through accessors, read every space
//! as `decode` does.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use capchain::decode::{Subject, conformance_text, decode};
use capchain::ir::Abi;
use capchain::layout::TARGETS;
use capchain::lower::lower;
use support::groups::{Group, has};
use support::process::succeed_with_input;
use support::random::{Random, rounds};
use support::{fixtures, fuzz_seeds, space_program};
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
    /// The program in Python and its arguments, where Python is installed.
    python: Option<[PathBuf; 3]>,
    _folder: TempDir,
}

impl Programs {
    pub(crate) fn new(abi: &Abi) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        space_program::write_texts(folder.path(), abi, "generated_abi");
        let rust = space_program::rust(folder.path());
        let c = space_program::c(folder.path());
        let python =
            has(Group::Tools, "python3").then(|| space_program::python(folder.path(), abi));
        Self { rust, c, python, _folder: folder }
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
        let python = self.python.as_ref().map(|arguments| {
            let mut python = Command::new("python3");
            python.args(["-B", "-W", "error"]).args(arguments);
            ("Python", python)
        });
        let programs = [
            ("Rust", Command::new(&self.rust)),
            ("C", Command::new(&self.c)),
            ("C by accessors", accessors),
        ];
        let programs = programs.into_iter().chain(python);
        let texts = programs.map(|(name, mut program)| {
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
        // The end of the space is after all offsets, and the second of two empty headers.
        case("standard", &space[..0x70]),
        case("extended", &space[..0x140]),
        case("standard", &edited(&[(0x71, 0xff)])),
    ];
    let texts = agree(&abi(), &cases);
    let expected = fixtures::root().join("codegen/tests/data/spaces.txt");
    let text = texts.join("\n");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&expected, &text).expect("a file");
    }
    assert_eq!(text, fs::read_to_string(&expected).expect("the texts"));
}

/// A space with one capability, which starts at 0x40 and ends at `end`; or at the end of the
/// space, if that is earlier.
fn alone(kind: u8, id: u8, body: &[u8], end: usize) -> Vec<u8> {
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

/// Each capability with the numbers that matter, in every size: where a body ends exactly, or a
/// byte before, another one continues.
#[test]
fn bodies_of_every_size_are_read_alike() {
    let mut cases = Vec::new();
    let numbers: Vec<u8> = (1..=60).collect();
    let message = [0, 0x80, 0x100, 0x180, 0x381, 0x383, 0xe00_u16].map(u16::to_le_bytes);
    let counts = (0..8).map(|count| [count, 0]);
    let links = [[0, 0], [1, 128], [2, 1], [0xc2, 128]];
    let places = [0, 1, 3, 0x43].map(|count| [count, 0]);
    let starts = [(1, vec![[1, 2]]), (5, message.to_vec()), (16, counts.collect())];
    let starts = starts.into_iter().chain([(17, links.to_vec()), (20, places.to_vec())]);
    for (id, start) in starts.flat_map(|(id, all)| all.into_iter().map(move |one| (id, one))) {
        let body = [&start[..], &numbers].concat();
        for (kind, end) in
            [0, 2].into_iter().flat_map(|kind| (0x44..=0x80).map(move |end| (kind, end)))
        {
            cases.push(case("standard", &alone(kind, id, &body, end)));
        }
    }
    for (kind, end) in [2, 3].into_iter().flat_map(|kind| (0x44..=0x80).map(move |end| (kind, end)))
    {
        for length in [2, 3, 4, 19, 20, 21, 24, 40] {
            let mut space = alone(0, 9, &[&[length, kind], &numbers[..40]].concat(), end);
            space[..2].copy_from_slice(&0x1af4_u16.to_le_bytes());
            cases.push(case("standard", &space));
        }
    }
    for (header, first) in [
        (0x1_0003_u32, 0_u32),
        (0x2_0003, 0),
        (0x1_0023, 0x1e98 | 0x18 << 20),
        (0x1_0023, 0x1e98 | 0xfff << 20),
        (0x1_0015, 0),
        (0x1_0001, 0),
        (0x1_0001, 1),
    ] {
        let mut space = seed()[..0x160].to_vec();
        space[0x100..0x104].copy_from_slice(&header.to_le_bytes());
        space[0x104..0x108].copy_from_slice(&first.to_le_bytes());
        space[0x108..0x144].copy_from_slice(&numbers);
        if header & 0xff == 0x23 {
            space[0x108..0x10a].fill(0);
        }
        for end in 0x104..=space.len() {
            cases.push(case("extended", &space[..end]));
        }
        // The control word of the first size has their number.
        space[0x108] = 3 << 5;
        for end in 0x104..=space.len() {
            cases.push(case("extended", &space[..end]));
        }
    }
    println!("{} spaces", cases.len());
    agree(&abi(), &cases);
}

#[test]
fn capabilities_of_pci_of_every_size_are_read_alike() {
    let mut cases = Vec::new();
    for space in fuzz_seeds::of("space_walk") {
        let (chain, start) = match space.len() {
            0x80 => ("standard", 0x40),
            0x160 => ("extended", 0x100),
            _ => continue,
        };
        cases.extend((start..=space.len()).map(|end| case(chain, &space[..end])));
    }
    println!("{} spaces", cases.len());
    let texts = agree(&space_program::pci(), &cases);
    assert!(texts.iter().any(|text| text.contains("name=IDE")));
}

#[test]
fn bodies_that_depend_on_bits_are_read_alike() {
    let mut cases = Vec::new();
    let numbers: Vec<u8> = (1..=60).collect();
    let ends = |size: usize| (0x44..=0x40 + size).step_by(3).chain((0x44..=0x40 + size).step_by(4));
    for (kind, flags) in [0, 2].into_iter().flat_map(|kind| (0..0x1000_u16).map(move |n| (kind, n)))
    {
        // Bits 4 to 6 have no meaning.
        if flags & 0x70 == 0 {
            let body = [&flags.to_le_bytes(), &numbers[..40]].concat();
            let sizes = ends(44).chain([0x68]);
            cases.extend(sizes.map(|end| case("standard", &alone(kind, 5, &body, end))));
        }
    }
    for (flags, width) in (0..=u8::MAX).flat_map(|flags| [0, 1, 127, 128, 200].map(|w| (flags, w)))
    {
        let body = [&[flags, width], &numbers[..40]].concat();
        cases.extend(ends(36).map(|end| case("standard", &alone(0, 17, &body, end))));
    }
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for nth in 0..4000 {
        let mut body = numbers.clone();
        (body[0], body[1]) = ((nth as u8 % 6) | [0, 0x40][nth % 2], 0);
        for at in (2..60).step_by(4) {
            body[at] = random.below(8) as u8;
        }
        let end = 0x44 + random.below(60);
        cases.push(case("standard", &alone([0, 2][nth % 3 % 2], 20, &body, end)));
    }
    for nth in 0..2000 {
        let mut space = seed()[..0x180].to_vec();
        let (id, end) = ([1_u32, 0x15][nth % 2], 0x104 + random.below(80));
        let next = if end % 4 == 0 { end } else { 0 };
        space[0x100..0x104].copy_from_slice(&(id | 1 << 16 | (next as u32) << 20).to_le_bytes());
        for byte in &mut space[0x104..0x160] {
            *byte = random.below(256) as u8;
        }
        if next == 0 {
            space.truncate(end);
        }
        cases.push(case("extended", &space));
    }
    println!("{} spaces", cases.len());
    let texts = agree(&abi(), &cases);
    for word in [
        "address_high=",
        "data=",
        "mask=",
        "colour=",
        "more[7]=",
        "speed=",
        "wide=",
        "state=",
        "errors[2]=",
        "first=",
        "second=",
        "places[4].head=",
        "].base=",
        "].base_high=",
        "].last=",
        "sizes[6].control=",
        "words[3]=",
        "numbers[1]=",
        "rest[0].sizes=",
        "error body_limited",
    ] {
        assert!(texts.iter().any(|text| text.contains(word)), "{word}");
    }
}

/// What a body reads as, without the first and the last line.
fn fields(text: &str) -> String {
    let lines = text.lines().filter(|line| line.starts_with("  ") && !line.contains("bytes="));
    lines.map(str::trim).collect::<Vec<_>>().join(" ")
}

#[test]
fn bits_move_the_fields_after_them() {
    let abi = abi();
    let read = |kind: u8, id: u8, body: &[u8]| {
        let space = alone(kind, id, body, 0x80);
        let texts = decoded(&abi, &[case("standard", &space)]);
        fields(&texts[0])
    };
    let bytes: Vec<u8> = (0..40).collect();
    let message =
        |kind: u8, flags: u16| read(kind, 5, &[&flags.to_le_bytes()[..], &bytes].concat());
    // The numbers are those of bytes that count from 0 at offset 4 of the capability.
    assert_eq!(
        message(0, 0),
        format!("flags=0 address={} data={} more[0]={}", n(0, 4), n(4, 2), n(6, 2))
    );
    assert_eq!(
        message(0, 0x80),
        format!(
            "flags=128 address={} address_high={} data={} more[0]={}",
            n(0, 4),
            n(4, 4),
            n(8, 2),
            n(10, 2)
        )
    );
    assert_eq!(
        message(2, 0x383),
        format!(
            "flags=899 address={} address_high={} data={} mask={} colour=101112 more[0]={} more[1]={}",
            n(0, 4),
            n(4, 4),
            n(8, 2),
            n(12, 4),
            n(19, 2),
            n(21, 2)
        )
    );
    // The condition on the space fails, and that on the flags.
    assert!(!message(0, 0x383).contains("colour") && !message(2, 0x382).contains("colour"));
    // Fields keep their places: the wide number is at 4 bytes after the speed, or without it.
    let link = |flags: u8, width: u8| read(0, 17, &[&[flags, width], &bytes[..]].concat());
    assert_eq!(
        link(2, 1),
        format!("flags=2 width=1 speed={} wide={} state={}", n(0, 2), n(2, 8), n(10, 4))
    );
    assert_eq!(link(0x10, 128), "flags=16 width=128");
    assert_eq!(link(0x51, 128), format!("flags=81 width=128 errors[0]={}", n(14, 4)));
    // A place of 8 bytes, one of 12 whose base has an upper half, one of 4.
    let places = [3, 0, 1, 0, 0, 0, 4, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(
        read(0, 20, &places),
        "count=3 places[0].head=1 places[0].base=4 places[1].head=2 places[1].base=2 \
         places[1].base_high=9 places[2].head=0"
    );
}

/// The little-endian number of the bytes that count from 0.
fn n(start: u64, width: u64) -> u64 {
    (start..start + width).rev().fold(0, |number, byte| number << 8 | byte)
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
