//! Parsing code links to no panic: optimised for speed and for size, and with CAPCHAIN_WHOLE
//! in every optimised build.

use std::fs;
use std::path::Path;

use capchain::lower::lower;
use support::agree_program;
use support::fixtures;
use support::groups::{Group, has};
use support::process::succeed;
use support::rustc;
use support::sample::{takes, whole};
use support::space_program;

const REPLIES: &str = include_str!("../programs/parses.rs");
const SPACES: &str = include_str!("../programs/reads_spaces.rs");
const RECORDS: &str = include_str!("../programs/reads_records.rs");

/// Where a program can be made to do something else.
const PLACE: &str = "/* the test puts something here */ 0";

/// The symbols of a library that parses with the crate as it was compiled last, with
/// their kinds as `nm` has them, if `result` is mixed into what it computes.
fn symbols(folder: &Path, main: &str, args: &[&str], result: &str) -> String {
    assert!(main.contains(PLACE));
    fs::write(folder.join("parses.rs"), main.replace(PLACE, result)).expect("a file");
    let mut command = rustc::rustc(folder);
    command.args(args).args(["--crate-type", "cdylib", "-C", "link-arg=-nostartfiles"]);
    command.args(["--extern", "generated_abi=libgenerated_abi.rlib", "parses.rs"]);
    succeed(&mut command);
    let mut nm = std::process::Command::new("nm");
    succeed(nm.current_dir(folder).args(["--demangle", "libparses.so"]))
}

/// The lines of what can only come from a panic.
fn panics(symbols: &str) -> Vec<&str> {
    let words =
        ["panic", "slice_index", "slice_start", "slice_end", "unwrap_failed", "expect_failed"];
    let suspect = |line: &&str| words.iter().any(|word| line.contains(word));
    symbols.lines().filter(suspect).collect()
}

#[test]
fn parsing_links_to_no_panic() {
    if !has(Group::Tools, "nm") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    agree_program::write(folder.path(), &lower(&fixtures::spec(), None));
    links_to_no_panic(folder.path(), REPLIES, 0);
}

#[test]
fn reading_spaces_links_to_no_panic() {
    if !has(Group::Tools, "nm") {
        return;
    }
    // This ABI has arrays, versions and kinds; the long form has all capabilities of PCI.
    let spec = if whole() { "spec/pci" } else { "codegen/tests/specs/space" };
    let folder = tempfile::tempdir().expect("a folder");
    let abi = lower(&fixtures::open(&fixtures::root().join(spec)), None);
    space_program::write(folder.path(), &abi);
    links_to_no_panic(folder.path(), SPACES, 1);
}

#[test]
fn reading_records_links_to_no_panic() {
    if !has(Group::Tools, "nm") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = fixtures::root().join("codegen/tests/specs/records");
    rustc::write_crate(folder.path(), &lower(&fixtures::open(&path), None));
    links_to_no_panic(folder.path(), RECORDS, 2);
}

/// Compiles a program and the crate in a folder at every level of optimisation, or a sample
/// from the `first` level on.
fn links_to_no_panic(folder: &Path, main: &str, first: usize) {
    let mut args = ["", "-Cpanic=abort"];
    let levels =
        ["-Copt-level=s", "-Copt-level=1", "-Copt-level=z", "-Copt-level=2", "-Copt-level=3"];
    let numbered = levels.into_iter().enumerate();
    for (_, level) in numbered.filter(|(number, _)| takes(*number + first, 3)) {
        args[0] = level;
        rustc::library(folder, "generated_abi", &args);
        let symbols = symbols(folder, main, &args, "0");
        assert!(symbols.contains(" T parses"), "{level}: {symbols}");
        assert_eq!(panics(&symbols), [""; 0], "{level}");
        println!("{level}: {} symbols, none of a panic", symbols.lines().count());
    }
    // Each of these can panic, which must be seen with the last level.
    for result in
        ["u64::from(bytes[7])", "u64::from(*bytes.first().unwrap())", "{ assert!(len > 3); 1 }"]
    {
        let symbols = symbols(folder, main, &args, result);
        assert!(panics(&symbols).iter().any(|line| line.ends_with(" U panicked")), "{result}");
    }
}
