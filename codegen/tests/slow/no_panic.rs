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
use support::sample::takes;

const MAIN: &str = include_str!("../programs/parses.rs");

/// Where the program can be made to do something else.
const PLACE: &str = "/* the test puts something here */ 0";

/// The symbols of a library that parses with the crate as it was compiled last, with
/// their kinds as `nm` has them, if `result` is mixed into what it computes.
fn symbols(folder: &Path, args: &[&str], result: &str) -> String {
    assert!(MAIN.contains(PLACE));
    fs::write(folder.join("parses.rs"), MAIN.replace(PLACE, result)).expect("a file");
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
    let abi = lower(&fixtures::spec(), None);
    let folder = tempfile::tempdir().expect("a folder");
    agree_program::write(folder.path(), &abi);
    let mut args = ["", "-Cpanic=abort"];
    let levels =
        ["-Copt-level=s", "-Copt-level=1", "-Copt-level=z", "-Copt-level=2", "-Copt-level=3"];
    let numbered = levels.into_iter().enumerate();
    for (_, level) in numbered.filter(|(number, _)| takes(*number, 3)) {
        args[0] = level;
        rustc::library(folder.path(), "generated_abi", &args);
        let symbols = symbols(folder.path(), &args, "0");
        assert!(symbols.contains(" T parses"), "{level}: {symbols}");
        assert_eq!(panics(&symbols), [""; 0], "{level}");
        println!("{level}: {} symbols, none of a panic", symbols.lines().count());
    }
    // Each of these can panic, which must be seen with the last level.
    for result in
        ["u64::from(bytes[7])", "u64::from(*bytes.first().unwrap())", "{ assert!(len > 3); 1 }"]
    {
        let symbols = symbols(folder.path(), &args, result);
        assert!(panics(&symbols).iter().any(|line| line.ends_with(" U panicked")), "{result}");
    }
}
