//! The feature `bindings` in place of the crate that programs of today use: programs of
//! the registry with one changed dependency, and every name of both crates.

mod declared;
mod names;
mod port;
mod registry;

use std::fs;
use std::path::{Path, PathBuf};

use capchain::lower::lower;
use support::packages::cargo;
use support::process::succeed;
use support::{fixtures, rustc};

use registry::{Package, sources};

/// The crate that is replaced.
pub(crate) const REPLACED: Package = Package { name: "vfio-bindings", version: "0.7.0" };

/// Programs that depend on it, each with the arguments of its test runs.
const PROGRAMS: [(Package, &[&[&str]]); 2] = [
    (Package { name: "vfio-ioctls", version: "0.10.0" }, &[&[], &["--features", "vfio_cdev"]]),
    (Package { name: "vfio_user", version: "0.1.7" }, &[&[]]),
];

/// A folder that keeps what was built, so that a second run is short.
fn folder() -> PathBuf {
    let folder = fixtures::root().join("target/drop-in");
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

#[test]
#[ignore = "downloads and builds crates of the registry; .ci/long bindings runs it"]
fn programs_of_the_registry_pass_their_tests_with_one_changed_line() {
    let folder = folder();
    for (package, runs) in PROGRAMS {
        let source = &sources(&folder, &[package])[0];
        let original = copied(&folder.join("original"), source);
        let changed = copied(&folder.join("changed"), source);
        replace_dependency(&changed);
        for args in runs {
            let [before, after] = [&original, &changed].map(|place| passed(place, args));
            let Package { name, version } = package;
            println!("{name} {version} {args:?}: {before} tests pass before, {after} after");
            assert!(before > 0 && before == after, "{name}: {before} before, {after} after");
        }
    }
}

#[test]
fn the_bindings_of_other_abis_and_releases_compile() {
    let root = fixtures::root();
    let spec = |folder| fixtures::open(&root.join("codegen/tests/specs").join(folder));
    let old = Some("v4.14".parse().expect("a release"));
    let [hard, pci] = ["hard_cases", "pci"].map(|folder| lower(&spec(folder), None));
    for abi in [hard, pci, lower(&fixtures::spec(), old)] {
        let folder = tempfile::tempdir().expect("a folder");
        rustc::write_crate(folder.path(), &abi);
        let args = ["--cfg", "feature=\"bindings\"", "--emit=metadata"];
        rustc::library(folder.path(), "generated_abi", &args);
    }
}

/// A copy of a package outside the workspace.
fn copied(folder: &Path, source: &Path) -> PathBuf {
    let place = folder.join(source.file_name().expect("a name"));
    let _ = fs::remove_dir_all(&place);
    copy(source, &place);
    let manifest = place.join("Cargo.toml");
    let text = fs::read_to_string(&manifest).expect("a manifest");
    fs::write(manifest, text + "\n[workspace]\n").expect("a file");
    place
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let to = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &to),
            false => fs::write(to, fs::read(entry.path()).expect("a file")).expect("a file"),
        }
    }
}

/// Replaces the table of the dependency, which is all that changes.
fn replace_dependency(package: &Path) {
    let manifest = package.join("Cargo.toml");
    let text = fs::read_to_string(&manifest).expect("a manifest");
    let head = format!("[dependencies.{}]\n", REPLACED.name);
    let (before, rest) = text.split_once(&head).expect("the dependency");
    let (_, after) = rest.split_once("\n\n").expect("another table");
    let crate_ = fixtures::root().join("generated/vfio-abi");
    let table = format!("package = \"vfio-abi\"\npath = {crate_:?}\nfeatures = [\"bindings\"]\n\n");
    fs::write(manifest, [before, &head, &table, after].concat()).expect("a file");
}

/// How many tests of a package pass; none may fail.
fn passed(package: &Path, args: &[&str]) -> usize {
    let mut test = cargo(package);
    test.args(["test", "--quiet"]).args(args).env("CARGO_TARGET_DIR", folder().join("target"));
    let output = succeed(&mut test);
    let results = output.lines().filter_map(|line| line.strip_prefix("test result: ok. "));
    let counts = results.filter_map(|line| line.split(' ').next()?.parse::<usize>().ok());
    counts.sum()
}
