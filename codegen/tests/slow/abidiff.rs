//! abidiff beside `compat`: both look at the three steps between measured releases
//! that break something, abidiff at objects built from the generated headers. What
//! it says is printed; asserted is only what ours must name. abidiff sees no macros,
//! and of a 64-bit object not what moves in 32-bit programs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use capchain::compat::{Finding, Side, compare};
use capchain::ir::Abi;
use capchain::lower::lower;
use support::{fixtures, rustc};

/// The steps, and what is known to break in each.
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

/// What breaks by our verdict, without repetition.
fn broken(old: &str, new: &str) -> Vec<String> {
    let side = |release: &str| Side { name: release.to_owned(), abi: abi(release), headers: None };
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
    rustc::output(gcc.arg(&source).arg("-o").arg(&object));
    object
}

/// Whether a program can be run.
fn there(program: &str) -> bool {
    let there = Command::new(program).arg("--version").output().is_ok_and(|it| it.status.success());
    if !there {
        println!("skipped: {program} is not there to compare with");
    }
    there
}

#[test]
fn ours_names_every_known_break_whatever_abidiff_sees() {
    let theirs = there("abidiff") && there("gcc");
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
