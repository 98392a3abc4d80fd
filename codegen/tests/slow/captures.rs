//! Replies of real kernels: every implementation of the protocol must read them
//! alike. CAPCHAIN_CAPTURES names the folder of the full set of captures; this
//! repository has a part of it.

mod deduplicate;

use std::collections::{BTreeMap, HashMap};

use capchain::decode::{self, Subject};
use capchain::ir::{Abi, Arg, Chain, StructId};
use capchain::lower::lower;
use support::captures::Row;
use support::groups::{Group, skip};
use support::implementations::{Case, ask, target};
use support::{captures, fixtures};

/// The same call with every argsz.
type Sweep = Vec<Row>;

/// The machine that the captures come from.
const TARGET: &str = "x86_64";

/// The sweeps, in the order of their first rows.
fn sweeps(rows: Vec<Row>) -> Vec<Sweep> {
    let (mut sweeps, mut index) = (Vec::<Sweep>::new(), HashMap::new());
    for row in rows {
        let at = *index.entry(row.group()).or_insert(sweeps.len());
        match sweeps.get_mut(at) {
            Some(sweep) => sweep.push(row),
            None => sweeps.push(vec![row]),
        }
    }
    sweeps
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
    let hosts = |chain: &&Chain| chain.offset_host().is_some_and(|host| host.struct_ == id);
    abi.chains.iter().find(hosts).map(|chain| (chain.name.as_str(), id))
}

/// Both views of a row: the caller's argsz bytes, and all captured bytes including the guard.
fn cases(chain: &str, row: &Row) -> [Case; 2] {
    let chain = chain.to_owned();
    [row.own(), row.out()].map(|bytes| Case { chain: chain.clone(), target: target(TARGET), bytes })
}

/// Whether a call succeeded and its buffer was captured completely: the sweeps also
/// have argsz values far beyond the buffer.
fn is_whole(row: &Row) -> bool {
    row.ret >= 0 && row.argsz_in as usize <= row.out().len()
}

#[test]
fn every_implementation_reads_the_replies_of_real_kernels_alike() {
    let abi = lower(&fixtures::spec(), None);
    let mut asked = Vec::new();
    for row in captures::rows() {
        if let Some((chain, _)) = hosted_by(&abi, &row.ioctl) {
            asked.push((cases(chain, &row), row));
        }
    }
    let all: Vec<_> = asked.iter().flat_map(|(cases, _)| cases.clone()).collect();
    let answers = ask(&abi, &all);
    let decoded = &answers[0].texts;
    for other in &answers[1..] {
        let differs = |index: &usize| other.texts[*index] != decoded[*index];
        let equal = (0..asked.len()).filter(|row| !differs(&(2 * row)) && !differs(&(2 * row + 1)));
        println!("{}: {} rows covered, {} rows equal", other.name, asked.len(), equal.count());
        if let Some(first) = (0..all.len()).find(differs) {
            panic!("{:?}: {:#?}", asked[first / 2].1, (&decoded[first], &other.texts[first]));
        }
    }
    for (index, (_, row)) in asked.iter().enumerate() {
        let text = decoded[2 * index].as_deref().expect("decode knows every chain");
        let fine = text.starts_with("reply ") && !text.contains("error");
        assert!(!is_whole(row) || fine, "{row:?}: {text}");
    }
}

#[test]
fn structs_without_a_chain_are_read_too() {
    let abi = lower(&fixtures::spec(), None);
    let mut checked = 0;
    for row in captures::rows() {
        if hosted_by(&abi, &row.ioctl).is_none() {
            let (subject, own) = (Subject::Struct(argument(&abi, &row.ioctl)), row.own());
            let decoded = decode::decode(&abi, subject, target(TARGET), &own);
            assert!(!is_whole(&row) || decoded.error.is_none(), "{row:?}");
            assert!(decode::text(&decoded).contains("argsz"), "{row:?}");
            checked += 1;
        }
    }
    println!("{checked} rows read");
    assert!(checked > 0);
}

#[test]
fn the_full_set_reduces_to_this_one() {
    if captures::other_folder().is_none() {
        skip(Group::FullCaptures, "CAPCHAIN_CAPTURES names no folder");
        return;
    }
    let abi = lower(&fixtures::spec(), None);
    let mut files = BTreeMap::<String, (String, Sweep)>::new();
    for (head, sweep) in deduplicate::reduced(&abi, sweeps(captures::rows())) {
        let (text, rows) = files.entry(head.ioctl.to_lowercase()).or_default();
        *text += &captures::pack(&head, &sweep);
        rows.extend(sweep);
    }
    for (name, (text, rows)) in files {
        assert!(captures::unpack(&text) == rows, "{name}: something is lost");
        let path = captures::own_folder().join(name + ".jsonl");
        if std::env::var_os("CAPCHAIN_CAPTURES_WRITE").is_some() {
            std::fs::write(&path, &text).expect("a file");
        }
        let stored = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(stored == text, "{}: not what the full set reduces to", path.display());
    }
}
