//! Chains in a space: the generated walks, over bytes and through accessors, read every space
//! as `decode` does.

use std::path::PathBuf;
use std::process::Command;

use capchain::ir::{Abi, ChainId};
use support::groups::{Group, has};
use support::process::succeed_with_input;
use support::random::{Random, rounds};
use support::space_cases::{Case, abi, alone, beside, case, decoded, rules, seed, third};
use support::spec_folder::SpecFolder;
use support::{fuzz_seeds, space_program};
use tempfile::TempDir;

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

#[test]
fn walks_of_spaces_follow_the_rules() {
    agree(&abi(), &rules());
}

/// A chain that requires one which has a companion, and comes before it in the specification:
/// languages in which a function is declared before it is called need another order.
#[test]
fn a_required_chain_can_have_a_companion() {
    let folder = SpecFolder::copy_of("codegen/tests/specs/space");
    folder.edit("extended.yaml", |text| {
        text.replace("[SPC_CAP_ID_EXPRESS]", "[SPC_THIRD_CAP_ID_NOTE]")
    });
    let abi = folder.abi();
    let name = |id: &ChainId| abi.chain(*id).name.as_str();
    let order: Vec<_> = abi.protocol.space_order.iter().map(name).collect();
    assert_eq!(order, ["standard", "third", "extended"]);
    let mut space = seed();
    let without = agree(&abi, &[case("extended", &space)]);
    space.extend([1, 0, 0, 0, 5, 0, 1, 2, 3, 4, 5, 6]);
    let with = agree(&abi, &[case("extended", &space), case("third", &space)]);
    assert!(with[0].contains("SERIAL") && !without[0].contains("SERIAL"), "{with:?} {without:?}");
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

#[test]
fn bodies_that_depend_on_other_chains_are_read_alike() {
    let mut cases = Vec::new();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let numbers: Vec<u8> = (1..=40).collect();
    for nth in 0..6000 {
        let flags = [random.below(256), [0, 0x40, 0xa2, 0x82][nth % 4]][nth % 2] as u8;
        let mut link = [0; 16];
        link.fill_with(|| random.below(4) as u8);
        (link[0], link[12], link[13]) = (flags, [7, 7, 0][nth % 3], [0, 0, 1][nth / 3 % 3]);
        link[14..].fill(0);
        let trace = [&[random.below(4) as u8, 0], &numbers[..]].concat();
        let end = [0x54, 0x58, 0x60, 0x64, 0x80, 0xfc][random.below(6)];
        let mut space = beside([0, 2][random.below(2)], &link, end, &trace);
        // The extended one ends with the space, or is complete.
        space.truncate([0x100 + random.below(40), space.len()][nth % 2]);
        if nth % 7 == 0 {
            space[[0x40, 0x41, 0x50, 0x51, 0x34, 4][random.below(6)]] = random.below(256) as u8;
        }
        cases.push(case("extended", &space));
        let length = (nth % 5 != 0).then(|| random.below(70) as u8);
        let mut space = third(length, &numbers[..random.below(12)]);
        if nth % 3 == 0 {
            space[0x41] = random.below(256) as u8;
        }
        cases.push(case("third", &space));
    }
    println!("{} spaces", cases.len());
    let texts = agree(&abi(), &cases);
    for word in [
        "received=",
        "sent=",
        "sent=?",
        "lost[1]=",
        "lost=?",
        "first=",
        "even=",
        "even=?",
        "odd=",
        "pair=",
        "pair=?",
        "error body_limited at=256 id=2",
        "error body_limited at=4096",
    ] {
        assert!(texts.iter().any(|text| text.contains(word)), "{word}");
    }
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
