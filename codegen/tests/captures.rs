//! Replies of real kernels: every implementation of the protocol must say the
//! same of each. The captures of this repository are a part of a larger set,
//! which is run as a whole where `CAPCHAIN_CAPTURES` names its folder.

#[path = "common/captures.rs"]
mod captures;
#[path = "common/implementations.rs"]
mod implementations;
#[path = "common/real.rs"]
mod real;
#[path = "common/reduction.rs"]
mod reduction;

use std::collections::BTreeMap;
use std::path::PathBuf;

use capchain::decode::{self, Subject};
use capchain::ir::{Abi, Arg, StructId};
use capchain::lower::lower;
use captures::{Group, Row};
use implementations::{Case, ask, target};

/// The machine that the captures come from.
const TARGET: &str = "x86_64";

fn folder() -> PathBuf {
    real::root().join("codegen/tests/captures")
}

/// The struct that an ioctl takes.
fn argument(abi: &Abi, ioctl: &str) -> StructId {
    let ioctl = abi.ioctls.iter().find(|known| known.name == ioctl);
    match ioctl.map(|ioctl| ioctl.arg) {
        Some(Arg::Struct(id)) => id,
        _ => panic!("no struct"),
    }
}

/// The chain that an ioctl's struct hosts, and the struct.
fn hosted_by<'a>(abi: &'a Abi, ioctl: &str) -> Option<(&'a str, StructId)> {
    let id = argument(abi, ioctl);
    let hosts =
        |chain: &&capchain::ir::Chain| chain.host.as_ref().is_some_and(|host| host.struct_ == id);
    abi.chains.iter().find(hosts).map(|chain| (chain.name.as_str(), id))
}

/// Both ways to look at a row: the caller's argsz bytes, and all that was
/// captured, with the guard behind them.
fn cases(chain: &str, row: &Row) -> [Case; 2] {
    [row.buffer(), &row.out].map(|bytes| Case {
        chain: chain.to_owned(),
        target: target(TARGET),
        bytes: bytes.to_vec(),
    })
}

/// Asks every implementation about every row whose ioctl hosts a chain.
fn check(abi: &Abi, groups: &[Group]) {
    let mut asked = Vec::new();
    for group in groups {
        if let Some((chain, _)) = hosted_by(abi, &group.head.ioctl) {
            asked.extend(group.rows.iter().map(|row| (group, row, cases(chain, row))));
        }
    }
    let all: Vec<_> = asked.iter().flat_map(|(.., cases)| cases.clone()).collect();
    let answers = ask(abi, &real::root().join("generated"), &all);
    let decoded = &answers[0].texts;
    for other in &answers[1..] {
        let differs = |index: &usize| other.texts[*index] != decoded[*index];
        let equal = (0..asked.len()).filter(|row| !differs(&(2 * row)) && !differs(&(2 * row + 1)));
        println!("{}: {} rows covered, {} rows equal", other.name, asked.len(), equal.count());
        if let Some(first) = (0..all.len()).find(differs) {
            let (group, row, _) = &asked[first / 2];
            let texts = (&decoded[first], &other.texts[first]);
            panic!("{:?}, argsz {}: {texts:#?}", group.head, row.argsz);
        }
    }
    for (index, (group, row, _)) in asked.iter().enumerate() {
        let text = decoded[2 * index].as_deref().expect("decode knows every chain");
        let whole = row.ret >= 0 && row.argsz as usize <= row.out.len();
        let fine = text.starts_with("reply ") && !text.contains("error");
        assert!(!whole || fine, "{:?}, argsz {}: {text}", group.head, row.argsz);
    }
}

#[test]
fn every_implementation_reads_the_replies_of_real_kernels_alike() {
    let abi = lower(&real::spec(), None);
    let groups = captures::load(&folder());
    let mut rows = BTreeMap::<_, usize>::new();
    for group in &groups {
        *rows.entry(group.head.ioctl.as_str()).or_default() += group.rows.len();
    }
    println!("{} groups: {rows:?}", groups.len());
    check(&abi, &groups);
}

#[test]
fn structs_without_a_chain_are_read_too() {
    let abi = lower(&real::spec(), None);
    let groups = captures::load(&folder());
    let mut checked = 0;
    for group in groups.iter().filter(|group| hosted_by(&abi, &group.head.ioctl).is_none()) {
        let subject = Subject::Struct(argument(&abi, &group.head.ioctl));
        for row in &group.rows {
            let decoded = decode::decode(&abi, subject, target(TARGET), row.buffer());
            let whole = row.ret >= 0 && row.argsz as usize <= row.out.len();
            assert!(!whole || decoded.damage.is_none(), "{:?} {row:?}", group.head);
            let text = decode::text(&decoded);
            assert!(text.contains("argsz"), "{text}");
            checked += 1;
        }
    }
    println!("{checked} rows read");
    assert!(checked > 0);
}

#[test]
fn the_full_set_is_read_alike_and_reduces_to_this_one() {
    let Some(full) = std::env::var_os("CAPCHAIN_CAPTURES") else {
        println!("skipped: CAPCHAIN_CAPTURES names no folder");
        return;
    };
    let abi = lower(&real::spec(), None);
    let full = reduction::full(&PathBuf::from(full));
    println!("{} groups, {} rows", full.len(), full.iter().map(|g| g.rows.len()).sum::<usize>());
    check(&abi, &full);
    let mut files = BTreeMap::<String, Vec<Group>>::new();
    for group in reduction::reduced(&abi, full) {
        files.entry(group.head.ioctl.to_lowercase()).or_default().push(group);
    }
    for (name, groups) in files {
        let path = folder().join(name.clone() + ".jsonl");
        let text = captures::store(&groups);
        assert!(captures::restore(&text) == groups, "{name}: something is lost");
        if std::env::var_os("CAPCHAIN_CAPTURES_WRITE").is_some() {
            std::fs::write(&path, &text).expect("a file");
        }
        let stored = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(stored == text, "{}: not what the full set reduces to", path.display());
    }
}
