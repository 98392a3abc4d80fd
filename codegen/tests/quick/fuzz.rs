//! The fuzz targets that need no compiler, on bytes that are the same in every
//! run: seeds made from the vectors, and copies of them with bytes changed.
//! `fuzz/` runs the same targets on the bytes that libFuzzer finds.
//!
//! With CAPCHAIN_FUZZ=FOLDER, the seeds and the sources in C are written there.

use std::fs;

use capchain::lower::lower;
use support::fuzz_seeds::{INPUTS, inputs};
use support::{agree_program, fixtures, fuzz_requests, fuzz_seeds, fuzz_targets};

/// Runs a target on inputs.
fn run(target: &str, body: fn(&[u8]), count: usize) {
    let inputs = inputs(target, count);
    inputs.iter().for_each(|input| body(input));
    println!("{target}: {} inputs", inputs.len());
}

#[test]
fn decode_takes_any_bytes() {
    run("decode", fuzz_targets::decode, INPUTS / 5);
}

#[test]
fn the_forms_of_input_take_any_bytes() {
    run("input", fuzz_targets::input, INPUTS / 5);
}

#[test]
fn specifications_can_be_any_bytes() {
    run("yaml", fuzz_targets::yaml, INPUTS / 40);
}

#[test]
fn peers_can_answer_any_bytes() {
    run("request", fuzz_requests::request, INPUTS);
}

#[test]
fn seeds_and_sources_are_left_where_they_are_asked_for() {
    let Some(folder) = std::env::var_os("CAPCHAIN_FUZZ") else { return };
    let folder = fixtures::root().join(folder);
    for target in fuzz_seeds::TARGETS {
        let seeds = folder.join("seeds").join(target);
        fs::create_dir_all(&seeds).expect("a folder");
        for (index, seed) in fuzz_seeds::of(target).iter().enumerate() {
            fs::write(seeds.join(format!("{index:04}")), seed).expect("a file");
        }
    }
    fs::create_dir_all(folder.join("c")).expect("a folder");
    agree_program::write(&folder.join("c"), &lower(&fixtures::spec(), None));
}

#[test]
fn every_seed_of_an_extension_is_taken() {
    let overlays = inputs("yaml", 0).into_iter().filter(|seed| seed[0] == 2);
    let mut taken = 0;
    for seed in overlays {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["abi.yaml", "common.yaml", "demo.yaml"] {
            std::fs::write(folder.path().join(name), fuzz_targets::demo(name)).expect("a file");
        }
        let path = folder.path().join("overlay.txt");
        std::fs::write(&path, &seed[1..]).expect("a file");
        let origin = capchain::spec::load::Origin::Folder(folder.path().to_owned());
        let opened = capchain::open(&origin, &[path]);
        let problems = opened.problems.render(&opened.sources, false);
        assert!(opened.spec.is_some(), "{problems}");
        taken += 1;
    }
    assert_eq!(taken, 6, "all extensions at once, and each alone");
}
