//! Vectors and a captured block of bytes with some of them changed at random: every
//! implementation of the protocol must read them alike. The changes are the same
//! in every run.

use capchain::ir::Abi;
use capchain::layout::TARGETS;
use capchain::lower::lower;
use support::implementations::{Case, ask, vectors};
use support::random::Random;
use support::sample::whole;
use support::{config_space, fixtures};

/// `each` damaged copies of every seed; with CAPCHAIN_WHOLE ten times as many.
fn damaged(seeds: &[Case], each: usize) -> Vec<Case> {
    let each = if whole() { each * 10 } else { each };
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let copies = seeds.iter().flat_map(|seed| std::iter::repeat_n(seed, each));
    let copy = |seed: &Case| Case { bytes: random.damage(&seed.bytes), ..seed.clone() };
    copies.map(copy).collect()
}

/// Runs all implementations, which must agree; returns the number of kinds of answers
/// there were.
fn agree(abi: &Abi, cases: &[Case]) {
    let answers = ask(abi, cases);
    let (first, others) = answers.split_first().expect("decode");
    for other in others {
        for (case, (one, two)) in cases.iter().zip(first.texts.iter().zip(&other.texts)) {
            assert!(two.is_none() || one == two, "{case:02x?}\n{one:#?}\n{}: {two:#?}", other.name);
        }
    }
    let mut ends: Vec<_> = first.texts.iter().flatten().map(|text| end(text)).collect();
    ends.sort();
    ends.dedup();
    println!("{} cases, alike in {} implementations: {ends:?}", cases.len(), answers.len());
    assert!(ends.len() > 3, "{ends:?}");
}

/// The error at the end of a text, if there is one.
fn end(text: &str) -> &str {
    let last = text.lines().last().unwrap_or_default();
    last.strip_prefix("error ").and_then(|rest| rest.split(' ').next()).unwrap_or("none")
}

#[test]
fn damaged_replies_are_read_alike() {
    let abi = lower(&fixtures::spec(), None);
    agree(&abi, &damaged(&vectors(&abi), 20));
}

#[test]
fn damaged_chains_without_a_host_are_read_alike() {
    let abi = lower(&fixtures::open(&fixtures::root().join("codegen/tests/specs/bare")), None);
    // The dump of a device, whose numbers are read in each byte order here.
    let (space, express) = (config_space::virtio(), config_space::extended());
    // The offsets of headers and links, so that changes hit them and not padding.
    let near = express[..0x160].to_vec();
    let mut seeds = Vec::new();
    for (chain, bytes) in [("near", &space), ("far", &express), ("far", &near)] {
        for target in &TARGETS {
            seeds.push(Case { chain: chain.to_owned(), target, bytes: bytes.clone() });
        }
    }
    agree(&abi, &damaged(&seeds, 50));
}
