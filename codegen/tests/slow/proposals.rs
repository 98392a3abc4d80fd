//! The proposals in `spec/vfio/proposals`, above all the designs of 2019 for a
//! capability chain of interrupts: the answers under each, the findings of
//! `lint`, compilation of the outputs, and the claims of `docs/irq-info-2019.md`.

mod reply_picture;

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use capchain::decode::{Subject, decode};
use capchain::layout::TARGETS;
use capchain::lint::lint;
use capchain::lower::lower;
use serde::Deserialize;
use support::irq_info_proposals::Call;
use support::process::succeed;
use support::{fixtures, irq_info_proposals, rustc};

/// What a kernel's stack held when the rows were made.
const STACK: u8 = 0x5c;

/// The designs of the rows: the proposal, and its handler.
const DESIGNS: [(&str, Option<&str>, &str); 7] = [
    ("old", None, "pci"),
    ("0:insert", Some("irq_info_caps_inserted"), "pci"),
    ("sizeofmin", Some("irq_info_caps_sizeof"), "pci"),
    ("A:Eric", Some("irq_info_caps_v9"), "pci"),
    ("A:Tina", Some("irq_info_caps_gvt"), "gvt"),
    ("A:good", Some("irq_info_caps"), "pci"),
    ("B:after16", Some("irq_info_caps_implied"), "pci"),
];

/// What one design answers to one kind of interrupt.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answers {
    irq: Irq,
    design: String,
    rows: Vec<Row>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Irq {
    Fixed,
    DeviceSpecific,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    argsz: u32,
    buffer: u64,
    #[serde(rename = "return")]
    returns: i64,
    #[serde(flatten)]
    reply: Option<Reply>,
}

#[derive(Debug, Deserialize)]
struct Reply {
    #[serde(rename = "in")]
    read: u64,
    #[serde(rename = "out")]
    written: u64,
    argsz_out: u32,
    flags: u32,
    words: [u32; 3],
    #[serde(default)]
    past: bool,
}

fn table() -> Vec<Answers> {
    serde_yaml::from_str(include_str!("../data/irq_info_2019.yaml")).expect("the rows")
}

#[test]
fn the_model_gives_every_row() {
    let mut told = BTreeMap::new();
    for Answers { irq, design, rows } in table() {
        let known = DESIGNS.iter().find(|(name, ..)| *name == design);
        let (name, proposal, handler) = known.unwrap_or_else(|| panic!("design {design}"));
        let abi = irq_info_proposals::abi(*proposal);
        let index = match irq {
            Irq::Fixed => irq_info_proposals::FIRST_OF_DEVICE - 1,
            Irq::DeviceSpecific => irq_info_proposals::FIRST_OF_DEVICE,
        };
        for Row { argsz, buffer, returns, reply } in rows {
            let call = Call { index, argsz, buffer };
            let answer = call.answer(&abi, handler);
            let result = answer.result.map_or_else(|error| (error, -22), |()| ("", 0));
            assert!(["", "EINVAL"].contains(&result.0) && result.1 == returns, "{name}: {call:?}");
            same(&format!("{name}, {irq:?}, {call:?}"), call.memory(&abi), &answer, reply);
            *told.entry((irq, *name)).or_insert(0) += 1;
        }
    }
    // Seven designs, two kinds of interrupts, five callers.
    assert_eq!(told.values().sum::<usize>(), 70, "{told:?}");
    assert!(told.values().all(|rows| *rows == 5), "{told:?}");
}

/// Holds an answer against a row, byte for byte.
fn same(what: &str, before: Vec<u8>, answer: &capchain::model::Answer<'_>, row: Option<Reply>) {
    let bytes: Vec<u8> = answer.bytes.iter().map(|byte| byte.unwrap_or(STACK)).collect();
    let Some(row) = row else {
        assert_eq!((&answer.written[..], bytes), (&[][..], before), "{what}");
        return;
    };
    assert_eq!(answer.read, row.read, "{what}: in");
    let written = 0..row.written;
    assert_eq!(answer.written, std::slice::from_ref(&written), "{what}: out");
    let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("4 bytes"));
    assert_eq!(word(0), row.argsz_out, "{what}: argsz");
    assert_eq!(word(4), row.flags, "{what}: flags");
    assert_eq!([word(12), word(16), word(20)], row.words, "{what}: words");
    let behind = row.written as usize;
    assert_eq!(bytes[behind..], before[behind..], "{what}: behind what is written");
}

#[test]
fn a_write_past_the_buffer_is_found() {
    let mut past = 0;
    for Answers { irq, design, rows } in table() {
        let (_, proposal, handler) =
            DESIGNS.iter().find(|(name, ..)| *name == design).expect("a design");
        let abi = irq_info_proposals::abi(*proposal);
        let index = if irq == Irq::Fixed { 0 } else { irq_info_proposals::FIRST_OF_DEVICE };
        for Row { argsz, buffer, reply, .. } in rows {
            let answer = Call { index, argsz, buffer }.answer(&abi, handler);
            let expected = reply.filter(|reply| reply.past).map(|reply| buffer..reply.written);
            assert_eq!(answer.past(buffer), expected, "{design}, {irq:?}, {argsz}");
            past += usize::from(expected.is_some());
        }
    }
    assert_eq!(past, 10, "old structs that are used again");
}

#[test]
fn what_fits_is_read_back() {
    let target = TARGETS.iter().find(|target| target.name == "x86_64").expect("a target");
    for (design, proposal, handler) in DESIGNS {
        let abi = irq_info_proposals::abi(proposal);
        let subject =
            match abi.find_chain("irq").filter(|id| abi.chain(*id).offset_host().is_none()) {
                Some(chain) => Subject::Chain(chain),
                None => Subject::Struct(irq_info_proposals::struct_(&abi).0),
            };
        for (index, caps) in [(0, 0), (5, 1)] {
            let call = Call { index, argsz: 40, buffer: 40 };
            let answer = call.answer(&abi, handler);
            // A chain without an offset is there only for who knows that it is.
            if answer.result.is_err() || matches!(subject, Subject::Chain(_)) && caps == 0 {
                continue;
            }
            let bytes: Vec<_> = answer.bytes.iter().map(|byte| byte.unwrap_or(STACK)).collect();
            let decoded = decode(&abi, subject, target, &bytes[..40]);
            assert!(decoded.error.is_none(), "{design}, {index}");
            let ids: Vec<_> = decoded.caps.iter().map(|cap| cap.id).collect();
            let known = abi.capabilities.iter().find(|one| one.name == "VFIO_IRQ_INFO_CAP_TYPE");
            let known: Vec<_> = known.iter().map(|one| one.id).take(caps).collect();
            assert_eq!(ids, known, "{design}, {index}");
        }
    }
}

#[test]
fn a_chain_without_an_offset_is_decoded_as_possible() {
    let target = TARGETS.iter().find(|target| target.name == "x86_64").expect("a target");
    let abi = irq_info_proposals::abi(Some("irq_info_caps_implied"));
    let subject = Subject::Struct(irq_info_proposals::struct_(&abi).0);
    for (index, notes) in [(0, 0), (5, 1)] {
        let answer = Call { index, argsz: 24, buffer: 24 }.answer(&abi, "pci");
        let bytes: Vec<_> = answer.bytes.iter().map(|byte| byte.unwrap_or(STACK)).collect();
        let decoded = decode(&abi, subject, target, &bytes);
        assert!(decoded.error.is_none() && decoded.caps.is_empty());
        let said = |note: &&String| note.contains("if it fitted, the chain `irq` starts at 16");
        assert_eq!(decoded.notes.iter().filter(said).count(), notes, "{:?}", decoded.notes);
    }
}

/// What `lint` says of each proposal.
const FINDINGS: [(&str, &[&str], &[&str]); 14] = [
    ("irq_info_caps", &[], &[]),
    (
        "irq_info_caps_inserted",
        &["L19", "L8"],
        &["added later, but before the end of minsz", "its size is 20"],
    ),
    (
        "irq_info_caps_sizeof",
        &["L19", "L8"],
        &["argsz must cover 20 bytes", "its minsz is 16 bytes"],
    ),
    ("irq_info_caps_v9", &["L20", "L8"], &["`pci` leaks kernel stack"]),
    ("irq_info_caps_gvt", &["L20", "L8"], &["`gvt` does not write the offset of its chain"]),
    ("irq_info_caps_implied", &["L8"], &["the chain after `vfio_irq_info` has no `cap_offset`"]),
    ("cxl", &[], &[]),
    ("cxl_rfc", &["L25", "L3", "L3", "L3", "L4", "L5", "L9"], &["`hdm_reg_size` is a plain"]),
    ("cxl_v1", &["L25", "L3"], &["`hdm_regs_offset` is a plain 64-bit integer"]),
    ("cxl_v3", &["L3", "L3", "L4", "L5", "L6", "L9"], &["`__resv` causes the hole"]),
    ("dma_buf_attr", &["L13"], &["`VFIO_DEVICE_FEATURE_DMA_BUF_ATTR_UC` is not a flag"]),
    ("dma_buf_tph", &[], &[]),
    ("pci_tph", &["L7"], &["`vfio_pci_tph` does not start with argsz and flags"]),
    ("zpci_fmb", &["L29"], &["does not carry the length"]),
];

#[test]
fn lint_passes_the_good_and_says_what_is_wrong_with_the_others() {
    let folder = fs::read_dir(fixtures::root().join("spec/vfio/proposals")).expect("the proposals");
    assert_eq!(folder.count(), FINDINGS.len(), "every proposal is judged");
    for (name, codes, says) in FINDINGS {
        let opened = irq_info_proposals::open(&[irq_info_proposals::proposal(name)]);
        let spec = opened.spec.expect("a proposal that loads");
        let problems = lint(&lower(&spec, None));
        let text = problems.render(&opened.sources, false);
        let mut found: Vec<_> = problems.sorted().iter().map(|problem| problem.code.0).collect();
        found.sort_unstable();
        assert_eq!(found, codes, "{name}: {text}");
        for said in says {
            assert!(text.contains(said), "{name}: {said} is missing in: {text}");
        }
    }
}

#[test]
fn proposals_leave_older_releases_alone() {
    let spec = fixtures::spec();
    let release = "v7.1".parse().expect("a release");
    let before = capchain::emit::all(&lower(&spec, Some(release)));
    let opened = irq_info_proposals::open(&[irq_info_proposals::proposal("irq_info_caps")]);
    let after = lower(&opened.spec.expect("a proposal"), Some(release));
    for old in before.iter().filter(|file| file.path.ends_with("uapi/irq_info.rs")) {
        let after = capchain::emit::all(&after);
        let new = after.iter().find(|new| new.path == old.path).expect("the file");
        let text = |text: &str| text.lines().skip(2).collect::<Vec<_>>().join("\n");
        assert_eq!(text(&old.contents), text(&new.contents));
    }
}

#[test]
fn two_designs_at_once_collide() {
    let paths = ["irq_info_caps", "irq_info_caps_v9"].map(irq_info_proposals::proposal);
    let opened = irq_info_proposals::open(&paths);
    assert!(opened.spec.is_none());
    let text = opened.problems.render(&opened.sources, false);
    for said in [
        "another extension adds fields to `vfio_irq_info` at this place",
        "the handler `pci` is replaced twice",
        "the name `VFIO_IRQ_INFO_FLAG_CAPS` is taken",
        "`vfio_irq_info` already hosts a chain",
    ] {
        let (_, rest) = text.split_once(said).unwrap_or_else(|| panic!("{said}: {text}"));
        let both = rest.split("\nerror").next().unwrap_or_default();
        let places = ["irq_info_caps.yaml:", "irq_info_caps_v9.yaml:"];
        assert!(places.iter().all(|place| both.contains(place)), "{said}: {both}");
    }
}

/// Proposals of every kind of addition: a chain after a struct with and without
/// `cap_offset`, a capability with holes, features with and without a pointer.
const COMPILED: [&str; 5] =
    ["irq_info_caps", "irq_info_caps_implied", "cxl_v3", "zpci_fmb", "pci_tph"];

#[test]
fn what_is_generated_of_a_proposal_compiles() {
    for name in COMPILED {
        let folder = tempfile::tempdir().expect("a folder");
        rustc::write_crate(folder.path(), &irq_info_proposals::abi(Some(name)));
        rustc::library(folder.path(), "vfio_abi", &["--emit=metadata"]);
        let header = folder.path().join("generated/include/vfio_abi.h");
        let args = ["-std=c11", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-xc"];
        succeed(Command::new("gcc").args(args).arg(header));
    }
}

/// The words that open a picture in the story, or a verdict.
const DRAWN: [&str; 2] = ["reply", "compat"];

#[test]
fn the_story_shows_what_the_model_says() {
    let path = fixtures::root().join("docs/irq-info-2019.md");
    let told = fs::read_to_string(&path).expect("the story");
    let (mut drawn_anew, mut inside, mut pictures) = (String::new(), false, 0);
    for line in told.lines() {
        match (line.strip_prefix("```"), inside) {
            (Some(info), false) if is_drawn(info) => {
                drawn_anew += &format!("{line}\n{}\n", drawn(info));
                (inside, pictures) = (true, pictures + 1);
            }
            (Some(_), true) => {
                drawn_anew += "```\n";
                inside = false;
            }
            (_, true) => {}
            (_, false) => drawn_anew += &format!("{line}\n"),
        }
    }
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &drawn_anew).expect("a file to write");
        return;
    }
    assert!(pictures >= DESIGNS.len(), "{pictures} pictures");
    let mut lines = told.lines().zip(drawn_anew.lines());
    let wrong = lines.find(|(told, anew)| told != anew);
    assert_eq!(wrong, None, "UPDATE_GOLDEN=1 draws the pictures anew");
    assert_eq!(told.lines().count(), drawn_anew.lines().count());
}

fn is_drawn(info: &str) -> bool {
    let mut words = info.split_whitespace();
    words.next() == Some("text") && words.next().is_some_and(|word| DRAWN.contains(&word))
}

/// The verdict that `text compat DESIGN` stands for: what the program prints.
fn verdict(design: &str) -> String {
    let newest = fixtures::spec().newest().to_string();
    let new = format!("{newest}+spec/vfio/proposals/{design}.yaml");
    let said = support::program::run(&fixtures::root(), &["compat", &newest, &new]).stdout;
    // Growth is the same for every design.
    let parts = said.split("\n\n").filter(|part| !part.starts_with("growth"));
    parts.collect::<Vec<_>>().join("\n\n").trim_end().to_owned()
}

/// The picture that `text reply DESIGN HANDLER INDEX ARGSZ/BUFFER` stands for.
fn drawn(info: &str) -> String {
    let words: Vec<_> = info.split_whitespace().collect();
    if let [_, "compat", design] = words[..] {
        return verdict(design);
    }
    let [_, _, design, handler, index, sizes] = words[..] else { panic!("{info}") };
    let (argsz, buffer) = sizes.split_once('/').expect("argsz/buffer");
    let index = index.parse().expect("an index");
    let (argsz, buffer) = (argsz.parse().expect("a size"), buffer.parse().expect("a size"));
    let abi = irq_info_proposals::abi((design != "newest").then_some(design));
    reply_picture::picture(&abi, handler, Call { index, argsz, buffer })
}
