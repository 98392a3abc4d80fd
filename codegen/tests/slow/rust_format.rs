//! rustfmt leaves the generated crates unchanged: those of several releases and of
//! other specifications, with the settings of the repository.

use std::fs;
use std::process::Command;

use capchain::emit::FAMILIES;
use capchain::ir::Abi;
use capchain::lower::lower;
use support::fixtures;
use support::groups::{Group, has};
use support::process::finish;

#[test]
fn rustfmt_leaves_the_crates_unchanged() {
    if !has(Group::Tools, "rustfmt") {
        return;
    }
    let vfio = fixtures::spec();
    let release = |name: &str| Some(name.parse().expect("a release"));
    for name in ["v3.6", "v4.6", "v5.8-rc2", "v6.5"] {
        check(name, &lower(&vfio, release(name)));
    }
    check("the newest release", &lower(&vfio, None));
    let iommufd = fixtures::open(&fixtures::root().join("spec/iommufd"));
    for name in ["v6.2", "v6.8", "v6.13", "v7.3"] {
        check(name, &lower(&iommufd, release(name)));
    }
    for name in ["hard_cases", "hostile", "bare"] {
        let folder = fixtures::root().join("codegen/tests/specs").join(name);
        check(name, &lower(&fixtures::open(&folder), None));
    }
}

/// Runs rustfmt on the crate of an ABI.
fn check(name: &str, abi: &Abi) {
    let folder = tempfile::tempdir().expect("a folder");
    let families = FAMILIES.iter();
    let families = families.filter(|one| ["Rust crate", "hand-written code"].contains(&one.name));
    let mut root = None;
    for file in families.flat_map(|family| family.emit(abi)) {
        let path = folder.path().join(&file.path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder below ours");
        fs::write(&path, &file.contents).expect("a file");
        root = root.or(path.ends_with("src/lib.rs").then_some(path));
    }
    let config = fixtures::root().join("generated/rustfmt.toml");
    let mut rustfmt = Command::new("rustfmt");
    rustfmt.args(["--edition", "2024", "--check", "--config-path"]).arg(config);
    let output = finish(rustfmt.arg(root.expect("lib.rs")));
    let differences = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{name}:\n{differences}");
}
