//! abidiff and `compat` on the same steps of the history; abidiff compares
//! objects that are built from the generated headers. The output of abidiff is
//! printed; only the findings of `compat` are asserted. abidiff sees no macros,
//! and in a 64-bit object no move of fields in 32-bit programs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use capchain::compat::{Finding, compare};
use capchain::ir::Abi;
use capchain::lower::lower;
use support::fixtures;
use support::groups::{Group, has, has_compiler};
use support::process::succeed;

/// The steps with their known breaks.
const STEPS: [(&str, &str, &[&str]); 3] = [
    ("v4.4", "v4.7", &["vfio_iommu_spapr_tce_create", "vfio_region_info.cap_offset"]),
    (
        "v5.12",
        "v5.18",
        &[
            "VFIO_DEVICE_STATE_RUNNING",
            "VFIO_DEVICE_STATE_SAVING",
            "VFIO_DEVICE_STATE_STOP",
            "VFIO_REGION_SUBTYPE_MIGRATION",
            "VFIO_REGION_TYPE_MIGRATION",
        ],
    ),
    ("v6.12", "v6.19", &["VFIO_TYPE1_NESTING_IOMMU"]),
];

fn abi(release: &str) -> Abi {
    lower(&fixtures::spec(), Some(release.parse().expect("a release")))
}

/// The breaks that we report, without repetition.
fn broken(old: &str, new: &str) -> Vec<String> {
    let side = |release| fixtures::side(release, abi(release));
    let found = compare(&side(old), &side(new));
    let breaks = found.iter().filter(|one: &&Finding| one.class.breaks());
    let mut subjects: Vec<_> = breaks.map(|one| one.subject.clone()).collect();
    subjects.sort();
    subjects.dedup();
    subjects
}

/// An object in which every struct of a release is used.
fn object(folder: &Path, release: &str) -> PathBuf {
    let abi = abi(release);
    fs::write(folder.join("vfio_abi.h"), capchain::emit::c_header(&abi).contents).expect("a file");
    let uses = abi.structs.iter().map(|one| format!("struct {} *use_{};\n", one.name, one.name));
    let source = folder.join(format!("{release}.c"));
    let text = ["#include \"vfio_abi.h\"\n", &uses.collect::<String>()].concat();
    fs::write(&source, text).expect("a file");
    let object = folder.join(format!("{release}.o"));
    let mut gcc = Command::new("gcc");
    gcc.args(["-g", "-c", "-fno-eliminate-unused-debug-types", "-I"]).arg(folder);
    succeed(gcc.arg(&source).arg("-o").arg(&object));
    object
}

#[test]
fn compat_finds_every_known_break() {
    let theirs = has(Group::Tools, "abidiff") && has_compiler("gcc");
    let folder = tempfile::tempdir().expect("a folder");
    let mut unseen = 0;
    for (old, new, known) in STEPS {
        let ours = broken(old, new);
        assert_eq!(ours, known, "{old} to {new}");
        if !theirs {
            continue;
        }
        let objects = [old, new].map(|release| object(folder.path(), release));
        let output = Command::new("abidiff").args(&objects).output().expect("abidiff starts");
        let said = String::from_utf8_lossy(&output.stdout);
        println!("== {old} to {new}: abidiff ends with {:?}", output.status.code());
        for subject in &ours {
            let name = subject.split('.').next_back().unwrap_or_default();
            let seen = if said.contains(name) { "names it" } else { "does not name it" };
            unseen += usize::from(!said.contains(name));
            println!("{subject}: breaks; abidiff {seen}");
        }
        println!("{said}");
    }
    if theirs {
        println!("{unseen} breaks that abidiff does not name");
    }
}

#[test]
#[ignore = "takes minutes: `.ci/long abidiff` runs it"]
fn compat_finds_a_change_in_every_step_that_abidiff_does() {
    if !has(Group::Tools, "abidiff") || !has_compiler("gcc") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let releases = lower(&fixtures::spec(), None).releases;
    let releases: Vec<_> = releases.iter().map(ToString::to_string).collect();
    let objects: Vec<_> = releases.iter().map(|one| object(folder.path(), one)).collect();
    let mut changes = 0;
    for (pair, objects) in releases.windows(2).zip(objects.windows(2)) {
        let output = Command::new("abidiff").args(objects).output().expect("abidiff starts");
        let code = output.status.code().expect("an exit code");
        // Bit 2 is a change of the ABI; the lower two are errors.
        assert_eq!(code & 3, 0, "{pair:?}: abidiff fails");
        if code & 4 != 0 {
            let side = |release: &String| fixtures::side(release, abi(release));
            let found = compare(&side(&pair[0]), &side(&pair[1]));
            let text = String::from_utf8_lossy(&output.stdout);
            assert!(!found.is_empty(), "{pair:?}: {text}");
            changes += 1;
        }
    }
    println!("abidiff sees changes in {changes} of {} steps", releases.len() - 1);
    assert!(changes > 10, "{changes} changes");
}
