//! The specification of configuration space and the kernel's `linux/pci_regs.h`, which
//! declares numbers only.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use capchain::header::Declarations;
use capchain::lower::lower;
use capchain::names;
use capchain::runtime::NUMBER_ITEMS;
use support::groups::{Group, skip};
use support::kernels::kernels;
use support::process::succeed;
use support::program::{Outcome, run};
use support::{fixtures, rust_program, rustc};

/// The headers of real kernels, without those of the distribution: the folder and the release.
fn headers() -> Vec<(PathBuf, String)> {
    let found = kernels().into_iter().filter(|kernel| !kernel.folder.starts_with("/usr"));
    let found = found.map(|kernel| (kernel.folder, format!("v{}", kernel.release.bare())));
    found.filter(|(folder, _)| folder.join("linux/pci_regs.h").exists()).collect()
}

/// Two macros of the kernel that the header uses and does not include.
const MACROS: &str = "#define _BITUL(bit) (1UL << (bit))\n\
    #define __GENMASK(high, low) ((~0UL << (low)) & (~0UL >> (63 - (high))))\n";

#[test]
fn every_constant_has_the_number_of_the_kernel() {
    let newest = headers().into_iter().find(|(_, release)| release == "v7.3");
    let Some((folder, _)) = newest else {
        return skip(Group::RealHeaders, "there is no pci_regs.h of 7.3");
    };
    let abi = lower(&fixtures::open(&fixtures::root().join("spec/pci")), None);
    let mut text = format!("{MACROS}#include <linux/pci_regs.h>\n");
    let declared = Declarations::of(&abi, &[0]);
    for constant in &declared.constants {
        let (name, number) = (constant.name, constant.number);
        let _ =
            writeln!(text, "_Static_assert((unsigned long)({name}) == {number}UL, \"{name}\");");
    }
    assert!(declared.constants.len() > 1100, "{} constants", declared.constants.len());
    let file = tempfile::tempdir().expect("a folder");
    let path = file.path().join("equal.c");
    fs::write(&path, text).expect("a program");
    let mut gcc = Command::new("gcc");
    gcc.args(["-fsyntax-only", "-isystem"]).arg(&folder).arg(&path);
    let output = gcc.output().expect("gcc");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Headers of stable releases have numbers that their mainline release does not have; those
/// of ziglang are of mainline releases or soon after them.
#[test]
fn headers_of_all_releases_have_no_drift() {
    let mut compared = BTreeSet::new();
    for (folder, release) in headers() {
        let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
        if !name.starts_with("ziglang-") && release != "v7.3" && release != "v7.2" {
            continue;
        }
        let header = folder.join("linux/pci_regs.h");
        let header = header.to_str().expect("text");
        let Outcome { code, stdout, stderr } =
            run(&fixtures::root(), &["--abi", "pci", "drift", header, "--at", &release]);
        assert_eq!(code, 0, "{name} {release}: {stdout}{stderr}");
        compared.insert(release);
    }
    println!("{compared:?}");
}

/// The numbers in masks, as a program in C computes them with the kernel's macros.
#[test]
fn numbers_in_masks_are_those_of_the_kernels_macros() {
    let newest = headers().into_iter().find(|(_, release)| release == "v7.3");
    let Some((folder, _)) = newest else {
        return skip(Group::RealHeaders, "there is no pci_regs.h of 7.3");
    };
    let abi = lower(&fixtures::open(&fixtures::root().join("spec/pci")), None);
    let (mut c, mut rust) = (String::new(), String::new());
    let mut shifted = 0;
    for group in &abi.groups {
        let Some(type_) = &group.rust else { continue };
        for mask in group.masks() {
            let getter = names::mask_getter(&mask.short, &NUMBER_ITEMS).expect("a name");
            let getter = rust_program::ident(&getter);
            let own = group.values.iter().any(|value| value.mask.as_ref() == Some(&mask.name));
            let (unit, raw) = match own || mask.in_place {
                true => ("1".to_owned(), if own { ".0" } else { "" }),
                false => (format!("({0} & -(unsigned long){0})", mask.name), ""),
            };
            shifted += usize::from(unit != "1");
            for number in [u64::MAX, 0xa5a5_5a5a, 0x1234_5678] {
                let number = number & (u64::MAX >> (64 - group.int.size() * 8));
                let name = &mask.name;
                let _ = writeln!(c, "P({name}, ({number}UL & {name}) / {unit});");
                let _ = writeln!(
                    rust,
                    "println!(\"{name}={{}}\", uapi::{type_}({number}).{getter}(){raw});"
                );
            }
        }
    }
    println!("{shifted} shifted numbers");
    assert!(shifted > 70, "{shifted}");
    let work = tempfile::tempdir().expect("a folder");
    let rust = format!("use pci_abi::uapi;\nfn main() {{\n{rust}}}\n");
    let rust = rustc::run(&rustc::program(work.path(), &abi, "pci_abi", &rust), &[]);
    let print = "#define P(name, number) printf(#name \"=%lu\\n\", (unsigned long)(number))\n";
    let c = format!(
        "{MACROS}#include <stdio.h>\n#include <linux/pci_regs.h>\n{print}int main(void)\n{{\n{c}}}\n"
    );
    fs::write(work.path().join("masks.c"), c).expect("a program");
    let mut gcc = Command::new("gcc");
    gcc.current_dir(work.path()).args(["-O0", "-o", "masks", "masks.c", "-isystem"]);
    succeed(gcc.arg(&folder));
    assert_eq!(rust, succeed(&mut Command::new(work.path().join("masks"))));
}
