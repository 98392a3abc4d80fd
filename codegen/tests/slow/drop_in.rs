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

/// A crate that is replaced.
pub(crate) struct Replaced {
    pub(crate) package: Package,
    /// The ABI whose crate replaces it.
    pub(crate) abi: &'static str,
    /// The file with its items, and the path of their module as programs write it and as the
    /// names of types have it.
    pub(crate) source: &'static str,
    pub(crate) path: &'static str,
    pub(crate) type_path: &'static str,
}

/// The bindings of VFIO.
pub(crate) const VFIO: Replaced = Replaced {
    package: Package { name: "vfio-bindings", version: "0.7.0" },
    abi: "vfio",
    source: "src/vfio_bindings/vfio.rs",
    path: "vfio_bindings::bindings::vfio",
    type_path: "vfio_bindings::vfio_bindings::vfio::",
};

/// The bindings of iommufd.
pub(crate) const IOMMUFD: Replaced = Replaced {
    package: Package { name: "iommufd-bindings", version: "0.2.0" },
    abi: "iommufd",
    source: "src/iommufd.rs",
    path: "iommufd_bindings::iommufd",
    type_path: "iommufd_bindings::iommufd::",
};

/// Programs that depend on them, each with the arguments of its test runs.
const PROGRAMS: [(&Replaced, Package, &[&[&str]]); 3] = [
    (
        &VFIO,
        Package { name: "vfio-ioctls", version: "0.10.0" },
        &[&[], &["--features", "vfio_cdev"]],
    ),
    (&VFIO, Package { name: "vfio_user", version: "0.1.7" }, &[&[]]),
    (&IOMMUFD, Package { name: "iommufd-ioctls", version: "0.4.0" }, &[&[]]),
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
    for (replaced, package, runs) in PROGRAMS {
        let source = &sources(&folder, &[package])[0];
        let original = copied(&folder.join("original"), source);
        let changed = copied(&folder.join("changed"), source);
        replace_dependency(&changed, replaced);
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
    let [hard, bare] = ["hard_cases", "bare"].map(|folder| lower(&spec(folder), None));
    for abi in [hard, bare, lower(&fixtures::spec(), old)] {
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
fn replace_dependency(package: &Path, replaced: &Replaced) {
    let manifest = package.join("Cargo.toml");
    let text = fs::read_to_string(&manifest).expect("a manifest");
    let head = format!("[dependencies.{}]\n", replaced.package.name);
    let (before, rest) = text.split_once(&head).expect("the dependency");
    let (_, after) = rest.split_once("\n\n").expect("another table");
    let name = [replaced.abi, "-abi"].concat();
    let crate_ = fixtures::root().join("generated").join(&name);
    let table = format!("package = {name:?}\npath = {crate_:?}\nfeatures = [\"bindings\"]\n\n");
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
