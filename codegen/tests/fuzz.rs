//! The bodies of all fuzz targets on bytes that are the same in every run:
//! seeds made from the vectors, and copies of them with bytes changed. `fuzz/`
//! runs the same bodies on what libFuzzer finds.
//!
//! With CAPCHAIN_FUZZ=FOLDER, the seeds and the sources in C are left there.

#[path = "common/implementations.rs"]
mod implementations;
#[path = "common/random.rs"]
mod random;
#[path = "common/real.rs"]
mod real;
#[path = "common/requests.rs"]
mod requests;
#[path = "fuzz/seeds.rs"]
mod seeds;
#[path = "common/targets.rs"]
mod targets;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use capchain::lower::lower;
use implementations::agree_program;
use random::Random;

const MAIN: &str = include_str!("programs/records.rs");

/// How many inputs each target gets.
const INPUTS: usize = 100_000;

/// The seeds of a target and damaged copies of them, so many in all.
fn inputs(target: &str, count: usize) -> Vec<Vec<u8>> {
    let seeds = seeds::of(target);
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let damaged = |nth: usize| random.damage(&seeds[nth % seeds.len()]);
    let damaged: Vec<_> = (seeds.len()..count).map(damaged).collect();
    seeds.iter().cloned().chain(damaged).collect()
}

/// Runs a target on inputs.
fn run(target: &str, body: fn(&[u8]), count: usize) {
    let inputs = inputs(target, count);
    inputs.iter().for_each(|input| body(input));
    println!("{target}: {} inputs", inputs.len());
}

#[test]
fn decode_takes_any_bytes() {
    run("decode", targets::decode, INPUTS / 5);
}

#[test]
fn the_forms_of_input_take_any_bytes() {
    run("input", targets::input, INPUTS / 5);
}

#[test]
fn specifications_can_be_any_bytes() {
    run("yaml", targets::yaml, INPUTS / 40);
}

#[test]
fn peers_can_answer_any_bytes() {
    run("request", requests::request, INPUTS);
}

/// A folder with all that the programs in C are compiled from.
fn sources() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    agree_program::write(folder.path(), &lower(&real::spec(), None));
    folder
}

/// What a program prints that reads records.
fn records(program: &Path, records: &[u8]) -> String {
    let mut command = Command::new(program);
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    std::thread::scope(|scope| {
        // A program that ends early is judged by how.
        scope.spawn(move || stdin.write_all(records));
        let output = child.wait_with_output().expect("an end");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {errors}", output.status);
        String::from_utf8(output.stdout).expect("text")
    })
}

/// Inputs one behind the other, each behind its size.
fn packed(letter: Option<u8>, inputs: &[Vec<u8>]) -> Vec<u8> {
    let size = |input: &[u8]| u32::try_from(input.len()).expect("a short input").to_le_bytes();
    let record = |input: &Vec<u8>| [letter.as_slice(), &size(input)[..], &input[..]].concat();
    inputs.iter().flat_map(record).collect()
}

#[test]
fn rust_and_c_agree_on_any_bytes() {
    let folder = sources();
    let program = agree_program::compile(folder.path(), MAIN, "lto=off");
    let walk = packed(Some(b'w'), &inputs("walk", 5 * INPUTS));
    let reply = packed(Some(b'r'), &inputs("reply", 5 * INPUTS));
    print!("{}", records(&program, &[walk, reply].concat()));
}

/// The program of the targets in C with sanitizers, where gcc has them.
fn sanitized(folder: &Path) -> PathBuf {
    let sanitizers = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
    let compile = |more: &[&str]| {
        let mut gcc = Command::new("gcc");
        gcc.current_dir(folder).args(["-std=gnu11", "-g", "-O1", "-Wall", "-Wextra", "-Werror"]);
        gcc.args(["-DRECORDS", "fuzz.c", "trace.c", "reply.c", "-o", "fuzz"]).args(more);
        gcc.output().expect("gcc is needed to test the C header")
    };
    if !compile(&sanitizers).status.success() {
        eprintln!("skipped: gcc has no sanitizers here; the targets in C run without");
        let output = compile(&[]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    folder.join("fuzz")
}

#[test]
fn c_alone_takes_any_bytes() {
    let folder = sources();
    let program = sanitized(folder.path());
    print!("{}", records(&program, &packed(None, &inputs("c", INPUTS))));
}

#[test]
fn the_analyzer_finds_nothing_in_what_is_fuzzed() {
    let gcc = |arguments: &[&str]| {
        let mut gcc = Command::new("gcc");
        gcc.args(["-std=gnu11", "-fanalyzer", "-Wall", "-Werror"]).args(arguments);
        gcc
    };
    let probe = gcc(&["-fsyntax-only", "-x", "c", "/dev/null"]).output();
    if !probe.expect("gcc is needed to test the C header").status.success() {
        eprintln!("skipped: gcc has no analyzer here");
        return;
    }
    let folder = sources();
    for (source, level) in ["fuzz.c", "trace.c", "reply.c"]
        .iter()
        .flat_map(|source| ["-O1", "-O2"].map(|level| (*source, level)))
    {
        let mut gcc = gcc(&["-DRECORDS", "-c", source, level, "-o", "/dev/null"]);
        let output = gcc.current_dir(folder.path()).output().expect("gcc");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{source} {level}: {errors}");
    }
}

#[test]
fn seeds_and_sources_are_left_where_they_are_asked_for() {
    let Some(folder) = std::env::var_os("CAPCHAIN_FUZZ") else { return };
    let folder = real::root().join(folder);
    for target in seeds::TARGETS {
        let seeds = folder.join("seeds").join(target);
        fs::create_dir_all(&seeds).expect("a folder");
        for (index, seed) in seeds::of(target).iter().enumerate() {
            fs::write(seeds.join(format!("{index:04}")), seed).expect("a file");
        }
    }
    fs::create_dir_all(folder.join("c")).expect("a folder");
    agree_program::write(&folder.join("c"), &lower(&real::spec(), None));
}

#[test]
fn every_seed_of_an_extension_is_taken() {
    let overlays = inputs("yaml", 0).into_iter().filter(|seed| seed[0] == 2);
    let mut taken = 0;
    for seed in overlays {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["abi.yaml", "common.yaml", "demo.yaml"] {
            std::fs::write(folder.path().join(name), targets::demo(name)).expect("a file");
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
