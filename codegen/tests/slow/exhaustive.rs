//! Every small reply, read by both generated languages; `programs/exhaustive.rs`
//! defines the set. Every implementation reads a sample of it.

mod counted;
mod spaces;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Mutex;

use capchain::ir::{Abi, Chain};
use capchain::lower::lower;
use support::agree_program;
use support::fixtures;
use support::groups::{Group, skip};
use support::implementations::{Case, ask, target};

const MAIN: &str = include_str!("../programs/exhaustive.rs");

/// What lies in bytes that no header sets: nothing, small numbers, large ones.
const BACKGROUNDS: [u32; 3] = [0, 2, u32::MAX];

/// Of how many replies one is asked of all implementations.
const EVERY: u32 = 25_013;

/// The arguments of the program for a chain: offsets, the flag, the bound, and the
/// ids, followed by an unknown one.
fn facts(abi: &Abi, chain: &Chain) -> Vec<u64> {
    let host = chain.offset_host().expect("a host");
    let struct_ = abi.struct_(host.struct_);
    let at = |field: usize| struct_.kernel_span(field).offset;
    let mut ids: Vec<_> = chain.capabilities.iter().map(|one| abi.capability(*one).id).collect();
    ids.sort();
    ids.dedup();
    ids.push(ids.last().map_or(0, |last| last + 1));
    let argsz = at(struct_.argsz.expect("argsz"));
    let mut facts = vec![
        argsz,
        at(host.flags),
        host.flag.1,
        at(chain.cap_offset().expect("a host")),
        chain.bound,
    ];
    facts.extend(ids);
    facts
}

/// What the program prints for a chain and a background.
fn outcome(program: &Path, abi: &Abi, chain: usize, background: u32) -> Output {
    let mut command = Command::new(program);
    command.args([chain as u64, background.into(), EVERY.into()].map(|word| word.to_string()));
    command.args(facts(abi, &abi.chains[chain]).iter().map(u64::to_string));
    command.output().expect("a program that starts")
}

/// The rest of the lines that start with a word.
fn lines<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = &'a str> {
    text.lines().filter_map(move |line| line.strip_prefix(word)?.strip_prefix(' '))
}

#[test]
fn every_small_reply_is_read_alike() {
    compare(&BACKGROUNDS[1..2]); // small numbers, which are valid counts
}

#[test]
#[ignore = "takes as long for each background; .ci/long exhaustive runs it"]
fn every_small_reply_on_every_background_is_read_alike() {
    compare(&BACKGROUNDS);
}

fn compare(backgrounds: &[u32]) {
    if cfg!(target_endian = "big") {
        skip(Group::LittleEndian, "the enumerated headers are little-endian");
        return;
    }
    let abi = lower(&fixtures::spec(), None);
    let folder = tempfile::tempdir().expect("a folder");
    agree_program::write(folder.path(), &abi);
    let program = agree_program::compile(folder.path(), MAIN, "lto=fat");
    let mut jobs = Vec::new();
    for chain in (0..abi.chains.len()).filter(|chain| abi.chains[*chain].offset_host().is_some()) {
        jobs.extend(backgrounds.iter().map(|background| (chain, *background)));
    }
    let (jobs, done) = (Mutex::new(jobs), Mutex::new(Vec::new()));
    let work = || {
        while let Some((chain, background)) = { jobs.lock().expect("no panic").pop() } {
            let output = outcome(&program, &abi, chain, background);
            let text = String::from_utf8(output.stdout).expect("text");
            assert!(output.status.success(), "{text}");
            done.lock().expect("no panic").push((chain, background, text));
        }
    };
    std::thread::scope(|scope| {
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        (0..workers).for_each(|_| drop(scope.spawn(work)));
    });
    let mut done = done.into_inner().expect("no panic");
    done.sort();
    let (mut total, mut cases) = (0, Vec::new());
    for (chain, background, text) in &done {
        let name = &abi.chains[*chain].name;
        let count = numbers(lines(text, "count"));
        let ends = numbers(lines(text, "ends"));
        println!("{name} on {background:#x}: {count:?} replies alike, by end {ends:?}");
        total += count[0];
        let kinds = ends.iter().filter(|count| **count > 0).count();
        assert!(kinds >= 6, "{name}: {ends:?}");
        for hex in lines(text, "case") {
            cases.push(Case { chain: name.clone(), target: target("x86_64"), bytes: bytes(hex) });
        }
    }
    println!("{total} replies in all; one of {EVERY} to all: {} cases", cases.len());
    assert!(total > 33_000_000 * backgrounds.len() as u64, "{total}");
    let answers = ask(&abi, &cases);
    for answer in &answers[1..] {
        assert!(answer.texts == answers[0].texts, "decode and {} differ", answer.name);
    }
}

/// All numbers of some lines.
fn numbers<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<u64> {
    let text: String = lines.collect();
    let words = text.split(|c: char| !c.is_ascii_digit()).filter(|word| !word.is_empty());
    words.map(|word| word.parse().expect("a number")).collect()
}

fn bytes(hex: &str) -> Vec<u8> {
    let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("two digits");
    (0..hex.len() / 2).map(|index| byte(index * 2)).collect()
}

#[test]
fn a_difference_is_found() {
    let abi = lower(&fixtures::spec(), None);
    let region = abi.chains.iter().position(|chain| chain.name == "region").expect("a chain");
    let folder = tempfile::tempdir().expect("a folder");
    agree_program::write(folder.path(), &abi);
    agree_program::library(folder.path());
    let path = folder.path().join("generated/include/vfio_abi.h");
    let header = fs::read_to_string(&path).expect("the header");
    for (from, to) in [
        ("if (need <= cap->size)", "if (need < cap->size)"),
        ("first < walk.stop", "first + 1 < walk.stop"),
        ("walk.left = len / format->min_size", "walk.left = 1 + len / format->min_size"),
    ] {
        assert_eq!(header.matches(from).count(), 1, "{from}");
        fs::write(&path, header.replace(from, to)).expect("a file");
        let program = agree_program::program(folder.path(), MAIN, "lto=off");
        let output = outcome(&program, &abi, region, 0);
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(!output.status.success() && text.contains("Rust: "), "{to} is not found: {text}");
    }
}
