//! A program of the registry that changes over to views, requests and calls: ranges of its
//! lines are replaced by ours, and its own tests must pass. Prints what that saves.
//!
//! `port/vfio_device.edits` has a line `@ FIRST LAST` before the lines that replace these;
//! `port/vfio_ioctls.rs` replaces a file up to its tests.

use std::fs;
use std::path::Path;

use support::fixtures;
use support::packages::cargo;
use support::process::succeed;

use super::registry::{Package, sources};
use super::{VFIO, copied, folder, passed};

const PACKAGE: Package = Package { name: "vfio-ioctls", version: "0.10.0" };
const EDITS: &str = include_str!("port/vfio_device.edits");
const CALLS: &str = include_str!("port/vfio_ioctls.rs");

/// The size of a program.
#[derive(Debug, PartialEq, Eq)]
struct Numbers {
    lines: usize,
    unsafe_blocks: usize,
    /// The tests that pass, without and with the feature `vfio_cdev`.
    tests: [usize; 2],
}

#[test]
#[ignore = "downloads and builds crates of the registry; .ci/long bindings runs it"]
fn a_program_with_views_requests_and_calls_passes_its_tests() {
    let folder = folder();
    let source = &sources(&folder, &[PACKAGE])[0];
    let original = copied(&folder.join("original"), source);
    let ported = copied(&folder.join("ported"), source);
    port(&ported);
    let [before, after] = [&original, &ported].map(|place| numbers(place));
    let row =
        |word: &str, before: usize, after: usize| format!("| {word} | {before} | {after} |\n");
    let text = [
        row("lines", before.lines, after.lines),
        row("`unsafe` blocks", before.unsafe_blocks, after.unsafe_blocks),
        row("tests that pass", before.tests[0], after.tests[0]),
        row("tests that pass with `vfio_cdev`", before.tests[1], after.tests[1]),
    ];
    let text = text.concat();
    print!("{} {}, before and after:\n{text}", PACKAGE.name, PACKAGE.version);
    let page = fs::read_to_string(fixtures::root().join("docs/migrating.md")).expect("the page");
    assert!(page.contains(&text), "docs/migrating.md has other numbers");
}

/// Changes a copy of the program.
fn port(place: &Path) {
    let source = place.join("src");
    let change = |name: &str, change: &dyn Fn(String) -> String| {
        let path = place.join(name);
        let text = fs::read_to_string(&path).expect("a file of the program");
        fs::write(&path, change(text)).expect("a file");
    };
    change("src/vfio_device.rs", &|text| {
        let text = edited(&text, EDITS);
        text.replace("vfio_device_mig_state_VFIO", "VFIO")
            .replace("    use std::mem::size_of;\n", "")
    });
    change("src/vfio_ioctls.rs", &|text| {
        let (_, tests) = text.rsplit_once("#[cfg(test)]\n").expect("tests");
        // The numbers are constants.
        let tests = tests.replace("(), ", ", ");
        [CALLS, "\n#[cfg(test)]\n", &tests].concat()
    });
    change("src/lib.rs", &|text| {
        text.replace("mod fam;\n", "").replace("#[macro_use]\nextern crate vmm_sys_util;\n\n", "")
    });
    fs::remove_file(source.join("fam.rs")).expect("a file of the program");
    change("Cargo.toml", &|text| {
        let crate_ = fixtures::root().join("generated/vfio-abi");
        let table = format!("path = {crate_:?}\nfeatures = [\"ioctl\", \"std\"]\n\n");
        let text =
            with_table(&text, VFIO.package.name, &["[dependencies.vfio-abi]\n", &table].concat());
        with_table(&text, "byteorder", "")
    });
}

/// Replaces the table of a dependency.
fn with_table(manifest: &str, dependency: &str, table: &str) -> String {
    let head = format!("[dependencies.{dependency}]\n");
    let (before, rest) = manifest.split_once(&head).expect("the dependency");
    let (_, after) = rest.split_once("\n\n").expect("another table");
    [before, table, after].concat()
}

/// A text with ranges of its lines replaced.
fn edited(text: &str, edits: &str) -> String {
    let old: Vec<_> = text.lines().collect();
    let (mut new, mut at) = (Vec::new(), 0);
    for line in edits.lines() {
        match line.strip_prefix("@ ").and_then(|range| range.split_once(' ')) {
            Some((first, last)) => {
                let number = |word: &str| word.parse::<usize>().expect("a number");
                new.extend(&old[at..number(first) - 1]);
                at = number(last);
            }
            None => new.push(line),
        }
    }
    new.extend(&old[at..]);
    new.join("\n") + "\n"
}

fn numbers(place: &Path) -> Numbers {
    succeed(cargo(place).arg("fmt"));
    let files = fs::read_dir(place.join("src")).expect("sources");
    let texts = files.map(|file| fs::read_to_string(file.expect("a file").path()).expect("text"));
    let text: String = texts.collect();
    Numbers {
        lines: text.lines().count(),
        unsafe_blocks: text.matches("unsafe {").count(),
        tests: [&[][..], &["--features", "vfio_cdev"]].map(|args| passed(place, args)),
    }
}
