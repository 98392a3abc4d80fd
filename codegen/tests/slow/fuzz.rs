//! The fuzz targets that need a compiler, on fixed inputs: seeds made from the vectors,
//! and copies of them with bytes changed. `quick` runs the other targets.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use support::fuzz_seeds::{INPUTS, inputs};
use support::groups::{Group, skip};
use support::process::succeed_with_input;
use support::random::rounds;
use support::{agree_program, fuzz_program, space_program};

use crate::spaces::agree;

const MAIN: &str = include_str!("../programs/records.rs");

/// A folder with all that the programs in C are compiled from.
fn sources() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fuzz_program::write(folder.path());
    folder
}

/// Inputs one after the other, each after its size.
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
    let argument = packed(Some(b'a'), &inputs("argument", INPUTS));
    let records = [walk, reply, argument].concat();
    print!("{}", succeed_with_input(&mut Command::new(program), &records));
}

#[test]
fn walks_of_spaces_agree_on_any_bytes() {
    let (abi, spaces) = (space_program::pci(), inputs("space_walk", rounds(1000)));
    let chains: Vec<_> = abi.chains.iter().map(|chain| chain.name.clone()).collect();
    let cases =
        spaces.iter().flat_map(|space| chains.iter().map(|name| (name.clone(), space.clone())));
    let texts = agree(&abi, &cases.collect::<Vec<_>>());
    let lines = texts.iter().flat_map(|text| text.lines());
    let read = lines.filter_map(|line| Some(line.strip_prefix("cap ")?.split_once(" name=")?.1));
    let read: BTreeSet<_> = read.filter(|name| *name != "?").collect();
    let all: BTreeSet<_> = abi.capabilities.iter().map(|cap| cap.short.as_str()).collect();
    println!("{} spaces with {} kinds of capabilities", spaces.len(), read.len());
    assert_eq!(read, all);
}

/// The program of the targets in C with sanitizers, where gcc has them.
fn sanitized(folder: &Path) -> PathBuf {
    let sanitizers = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
    let compile = |more: &[&str]| {
        let mut gcc = Command::new("gcc");
        gcc.current_dir(folder).args(["-std=gnu11", "-g", "-O1", "-Wall", "-Wextra", "-Werror"]);
        gcc.args(["-DRECORDS", "-o", "fuzz"]).args(fuzz_program::C).args(more);
        gcc.output().expect("gcc is needed to test the C header")
    };
    if !compile(&sanitizers).status.success() {
        skip(Group::CompilerFeatures, "gcc has no sanitizers; the C targets run without them");
        let output = compile(&[]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    folder.join("fuzz")
}

#[test]
fn c_alone_takes_any_bytes() {
    let folder = sources();
    let program = sanitized(folder.path());
    print!(
        "{}",
        succeed_with_input(&mut Command::new(program), &packed(None, &inputs("c", INPUTS)))
    );
}

#[test]
#[ignore = "takes a minute; .ci/long analyzer runs it"]
fn the_analyzer_finds_nothing_in_what_is_fuzzed() {
    let gcc = |arguments: &[&str]| {
        let mut gcc = Command::new("gcc");
        gcc.args(["-std=gnu11", "-fanalyzer", "-Wall", "-Werror"]).args(arguments);
        gcc
    };
    let probe = gcc(&["-fsyntax-only", "-x", "c", "/dev/null"]).output();
    if !probe.expect("gcc is needed to test the C header").status.success() {
        skip(Group::CompilerFeatures, "gcc has no -fanalyzer");
        return;
    }
    let folder = sources();
    for (source, level) in
        fuzz_program::C.iter().flat_map(|source| ["-O1", "-O2"].map(|level| (*source, level)))
    {
        let mut gcc = gcc(&["-DRECORDS", "-c", source, level, "-o", "/dev/null"]);
        let output = gcc.current_dir(folder.path()).output().expect("gcc");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{source} {level}: {errors}");
    }
}
