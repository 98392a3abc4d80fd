//! The fuzz targets that need no compiler, on bytes that are the same in every
//! run: seeds made from the vectors, and copies of them with bytes changed.
//! `fuzz/` runs the same targets on the bytes that libFuzzer finds.
//!
//! With CAPCHAIN_FUZZ=FOLDER, the seeds and the sources in C are written there.

use std::fs;

use support::fuzz_seeds::{inputs, run};
use support::random::rounds;
use support::spec_folder::SpecFolder;
use support::{fixtures, fuzz_program, fuzz_requests, fuzz_seeds, fuzz_targets};

#[test]
fn decode_takes_any_bytes() {
    run("decode", fuzz_targets::decode, rounds(2000));
}

#[test]
fn spaces_can_be_any_bytes() {
    run("space", fuzz_targets::space, rounds(1000));
}

#[test]
fn the_forms_of_input_take_any_bytes() {
    run("input", fuzz_targets::input, rounds(700));
}

#[test]
fn mailboxes_can_be_any_bytes() {
    run("review", fuzz_targets::review, rounds(15).min(200));
}

#[test]
fn specifications_can_be_any_bytes() {
    run("yaml", fuzz_targets::yaml, rounds(100).min(2500));
}

#[test]
fn peers_can_answer_any_bytes() {
    run("request", fuzz_requests::request, rounds(10_000));
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
    fuzz_program::write(&folder.join("c"));
}

#[test]
fn every_seed_of_an_extension_is_taken() {
    let overlays = inputs("yaml", 0).into_iter().filter(|seed| seed[0] == 2);
    let mut taken = 0;
    for seed in overlays {
        let folder = SpecFolder::demo();
        folder.write("demo.yaml", fuzz_targets::demo("demo.yaml"));
        let overlay = folder.write("overlay.txt", &seed[1..]);
        fixtures::loaded(folder.open(&[overlay]));
        taken += 1;
    }
    assert_eq!(taken, 6, "all extensions at once, and each alone");
}
