//! Programs of the registry that change over to views, requests, calls and objects: their lines
//! are replaced, and their own tests must pass. Prints what that saves.
//!
//! `port/vfio_device.edits` has a line `@ FIRST LAST` before the lines that replace these;
//! `port/vfio_ioctls.rs` and `port/iommufd_ioctls.rs` replace a file up to its tests.

use std::fs;
use std::path::Path;

use support::fixtures;
use support::packages::cargo;
use support::process::succeed;

use super::registry::{Package, sources};
use super::{IOMMUFD, Replaced, VFIO, copied, folder, passed};

const EDITS: &str = include_str!("port/vfio_device.edits");
const CALLS: &str = include_str!("port/vfio_ioctls.rs");
const OBJECTS: &str = include_str!("port/iommufd_ioctls.rs");

/// A program that changes over.
struct Port {
    package: Package,
    change: fn(&Path),
    /// The features of further test runs.
    features: &'static [&'static str],
    /// The page that has the numbers.
    page: &'static str,
}

const PORTS: [Port; 2] = [
    Port {
        package: Package { name: "vfio-ioctls", version: "0.10.0" },
        change: change_vfio,
        features: &["vfio_cdev"],
        page: "docs/migrating.md",
    },
    Port {
        package: Package { name: "iommufd-ioctls", version: "0.4.0" },
        change: change_iommufd,
        features: &[],
        page: "docs/guide-size-first.md",
    },
];

/// The size of a program.
#[derive(Debug, PartialEq, Eq)]
struct Numbers {
    lines: usize,
    unsafe_blocks: usize,
    /// The tests that pass, without and with each of the features.
    tests: Vec<usize>,
}

#[test]
#[ignore = "downloads and builds crates of the registry; .ci/long bindings runs it"]
fn programs_with_views_requests_calls_and_objects_pass_their_tests() {
    let folder = folder();
    for Port { package, change, features, page } in PORTS {
        let source = &sources(&folder, &[package])[0];
        let original = copied(&folder.join("original"), source);
        let ported = copied(&folder.join("ported"), source);
        change(&ported);
        let [before, after] = [&original, &ported].map(|place| numbers(place, features));
        let row =
            |word: &str, before: usize, after: usize| format!("| {word} | {before} | {after} |\n");
        let mut text = row("lines", before.lines, after.lines);
        text += &row("`unsafe` blocks", before.unsafe_blocks, after.unsafe_blocks);
        let with = features.iter().map(|feature| format!(" with `{feature}`"));
        let runs = std::iter::once(String::new()).chain(with);
        for (with, (before, after)) in runs.zip(before.tests.iter().zip(&after.tests)) {
            text += &row(&format!("tests that pass{with}"), *before, *after);
        }
        print!("{} {}, before and after:\n{text}", package.name, package.version);
        let kept = fs::read_to_string(fixtures::root().join(page)).expect("the page");
        assert!(kept.contains(&text), "{page} has other numbers");
    }
}

/// Changes a file of a program.
fn change(place: &Path, name: &str, change: &dyn Fn(String) -> String) {
    let path = place.join(name);
    let text = fs::read_to_string(&path).expect("a file of the program");
    fs::write(&path, change(text)).expect("a file");
}

/// Replaces a file up to its tests; the numbers of ioctls are constants.
fn replaced_up_to_tests(text: &str, by: &str) -> String {
    let (_, tests) = text.rsplit_once("#[cfg(test)]\n").expect("tests");
    [by, "\n#[cfg(test)]\n", &tests.replace("(), ", ", ")].concat()
}

/// Replaces the dependency on bindings by the generated crate with calls.
fn with_crate(manifest: &str, replaced: &Replaced) -> String {
    let name = [replaced.abi, "-abi"].concat();
    let crate_ = fixtures::root().join("generated").join(&name);
    let table =
        format!("[dependencies.{name}]\npath = {crate_:?}\nfeatures = [\"ioctl\", \"std\"]\n\n");
    with_table(manifest, replaced.package.name, &table)
}

const MACROS: &str = "#[macro_use]\nextern crate vmm_sys_util;\n\n";

fn change_vfio(place: &Path) {
    change(place, "src/vfio_device.rs", &|text| {
        let text = edited(&text, EDITS);
        text.replace("vfio_device_mig_state_VFIO", "VFIO")
            .replace("    use std::mem::size_of;\n", "")
    });
    change(place, "src/vfio_ioctls.rs", &|text| replaced_up_to_tests(&text, CALLS));
    change(place, "src/lib.rs", &|text| text.replace("mod fam;\n", "").replace(MACROS, ""));
    fs::remove_file(place.join("src/fam.rs")).expect("a file of the program");
    change(place, "Cargo.toml", &|text| with_table(&with_crate(&text, &VFIO), "byteorder", ""));
}

fn change_iommufd(place: &Path) {
    change(place, "src/iommufd_ioctls.rs", &|text| {
        // Two constants have the kernel's names.
        replaced_up_to_tests(&text, OBJECTS)
            .replace("IOMMUFD_GET_HW_INFO", "IOMMU_GET_HW_INFO")
            .replace("IOMMUFD_HWPT_INVALIDATE", "IOMMU_HWPT_INVALIDATE")
    });
    change(place, "src/lib.rs", &|text| {
        let text = text.replace(MACROS, "");
        let text = text.replace("use iommufd_bindings::iommufd::*;", "use iommufd_abi::uapi::*;");
        // The types of numbers print their names.
        text.replace("type: {0}", "type: {0:?}").replace("IOMMU: {0}", "IOMMU: {0:?}")
    });
    change(place, "Cargo.toml", &|text| with_crate(&text, &IOMMUFD));
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

fn numbers(place: &Path, features: &[&str]) -> Numbers {
    succeed(cargo(place).arg("fmt"));
    let files = fs::read_dir(place.join("src")).expect("sources");
    let texts = files.map(|file| fs::read_to_string(file.expect("a file").path()).expect("text"));
    let text: String = texts.collect();
    let with = features.iter().map(|feature| vec!["--features", feature]);
    let runs = std::iter::once(Vec::new()).chain(with);
    Numbers {
        lines: text.lines().count(),
        unsafe_blocks: text.matches("unsafe {").count(),
        tests: runs.map(|args| passed(place, &args)).collect(),
    }
}
