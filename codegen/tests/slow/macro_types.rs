//! The type of every macro in C: the header gives each the type that the kernel's own header
//! of the release gives it, on 64 and on 32 bits. A compiler is the judge.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use capchain::header::Declarations;
use capchain::lower::lower;
use capchain::names;
use support::groups::{Group, works};
use support::kernels::kernels;
use support::process::succeed;
use support::{fixtures, rustc};

/// An array of a length for each type, and the macros that `pci_regs.h` uses and does not
/// include.
const HEAD: &str = "#include <linux/types.h>
#define TYPE(x) sizeof(char[_Generic((x), int: 1, unsigned int: 2, long: 3, unsigned long: 4, \\
\tlong long: 5, unsigned long long: 6, default: 7)])
#ifndef _BITUL
#define _BITUL(bit) (1UL << (bit))
#endif
#ifndef __GENMASK
#define __GENMASK(high, low) \\
\t((~0UL << (low)) & (~0UL >> (__SIZEOF_LONG__ * 8 - 1 - (high))))
#endif
";

/// The types of the macros that a header defines, as numbers.
fn types(mode: &str, folders: &[&Path], header: &str, names: &[&str]) -> BTreeMap<String, u32> {
    let mut text = format!("{HEAD}#include <{header}>\n");
    for name in names {
        writeln!(text, "#ifdef {name}\nchar type_of_{name}[TYPE({name})];\n#endif").expect("text");
    }
    let workdir = tempfile::tempdir().expect("a folder");
    let file = workdir.path().join("types.c");
    fs::write(&file, text).expect("a file");
    let mut gcc = Command::new("gcc");
    gcc.args([mode, "-ffreestanding", "-S", "-o", "-"]);
    for folder in folders {
        gcc.arg("-isystem").arg(folder);
    }
    let assembly = succeed(gcc.arg(&file));
    let sizes = assembly.lines().filter_map(|line| {
        let (name, size) = line.trim().strip_prefix(".size\ttype_of_")?.split_once(", ")?;
        Some((name.to_owned(), size.parse().ok()?))
    });
    sizes.collect()
}

#[test]
fn every_macro_has_the_type_of_the_kernel() {
    let mut compared = BTreeMap::<(&str, &str), usize>::new();
    for mode in ["-m64", "-m32"] {
        let mut gcc = Command::new("gcc");
        gcc.args([mode, "-ffreestanding", "-fsyntax-only", "-x", "c", "/dev/null"]);
        if !works(Group::Bits32, &mut gcc, mode) {
            continue;
        }
        for kernel in kernels() {
            for abi in ["vfio", "iommufd", "pci"] {
                let spec = fixtures::open(&fixtures::root().join("spec").join(abi));
                let abi_then = lower(&spec, Some(kernel.release));
                let folder = tempfile::tempdir().expect("a folder");
                rustc::write_crate(folder.path(), &abi_then);
                let include = folder.path().join("generated/include");
                let own = [names::c_stem(abi).as_str(), ".h"].concat();
                for (index, header) in abi_then.headers.iter().enumerate() {
                    if !kernel.folder.join(&header.path).exists() {
                        continue;
                    }
                    let declared = Declarations::of(&abi_then, &[index]);
                    let macros = declared.constants.iter();
                    let macros = macros.filter(|one| one.tag.is_none() && one.text.is_none());
                    let macros: Vec<_> = macros.map(|one| one.name).collect();
                    let theirs = types(mode, &[&kernel.folder], &header.path, &macros);
                    let ours = types(mode, &[&include, &kernel.folder], &own, &macros);
                    let (release, path) = (kernel.release, &header.path);
                    for (name, type_) in &theirs {
                        assert_eq!(
                            ours.get(name),
                            Some(type_),
                            "{name} in {path} of {release} {mode}"
                        );
                    }
                    *compared.entry((mode, abi)).or_default() += theirs.len();
                }
            }
        }
    }
    println!("{compared:?}");
}
