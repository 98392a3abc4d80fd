//! Every name that both crates have: a program that compares the types and values of
//! constants, and the size, the alignment, the offsets, the types of the fields and the
//! traits of structs and unions.

use std::fs;
use std::path::Path;

use support::fixtures;
use support::packages::cargo;
use support::process::succeed;

use super::declared::Declared;
use super::registry::sources;
use super::{IOMMUFD, Replaced, VFIO, folder};

/// The program without its comparisons.
const PROGRAM: &str = include_str!("../../programs/drop_in.rs");

/// Beginnings of names that are not compared, because other headers declare them.
const OTHERS: [(&str, &str); 9] = [
    ("_IOC", "linux/ioctl.h"),
    ("IOC", "linux/ioctl.h"),
    ("__BITS_PER_LONG", "asm/bitsperlong.h"),
    ("__FD_SETSIZE", "linux/posix_types.h"),
    ("__kernel_", "linux/posix_types.h"),
    ("__be", "linux/types.h"),
    ("__le", "linux/types.h"),
    ("__s128 __u128", "linux/types.h"),
    ("__poll_t __sum16 __wsum", "linux/types.h"),
];

#[test]
#[ignore = "downloads crates of the registry; .ci/long bindings runs it"]
fn every_common_name_is_the_same() {
    for replaced in [VFIO, IOMMUFD] {
        names(&replaced);
    }
}

fn names(replaced: &Replaced) {
    let folder = folder();
    let source = &sources(&folder, &[replaced.package])[0];
    let theirs = declared(&[&source.join(replaced.source)]);
    let crate_ = fixtures::root().join(format!("generated/{}-abi/src", replaced.abi));
    let bindings = crate_.join(format!("bindings/{}.rs", replaced.abi));
    let ours = declared(&[&crate_.join("bindgen.rs"), &bindings]);
    let (known, own) = (theirs.names(), ours.names());
    let (left_out, added): (Vec<_>, Vec<_>) =
        (known.difference(&own).collect(), own.difference(&known).collect());
    let missing: Vec<_> = left_out.iter().filter(|name| !is_of_others(name)).collect();
    assert!(missing.is_empty(), "names that are missing: {missing:?}");
    println!("left out, because other headers declare them: {left_out:?}");
    println!("only here: {added:?}");
    println!("{}: {}", replaced.package.name, compared(&folder, replaced, &theirs, &ours));
}

fn declared(files: &[&Path]) -> Declared {
    let mut declared = Declared::default();
    files.iter().for_each(|path| declared.read(&fs::read_to_string(path).expect("a file")));
    declared
}

/// Whether a header of another ABI declares a name.
fn is_of_others(name: &str) -> bool {
    let begins = |begin: &str| match begin.contains(' ') {
        true => begin.split(' ').any(|one| one == name),
        false => name.starts_with(begin),
    };
    OTHERS.iter().any(|(begin, _)| begins(begin))
}

/// Builds and runs the comparison, and returns what it counted.
fn compared(folder: &Path, replaced: &Replaced, theirs: &Declared, ours: &Declared) -> String {
    let program = folder.join("comparison");
    fs::create_dir_all(program.join("src")).expect("a folder");
    let abi = replaced.abi;
    let path = fixtures::root().join(format!("generated/{abi}-abi"));
    let manifest = format!(
        "[package]\nname = \"comparison\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         {} = \"={}\"\n{abi}-abi = {{ path = {path:?}, features = [\"bindings\"] }}\n",
        replaced.package.name, replaced.package.version
    );
    fs::write(program.join("Cargo.toml"), manifest).expect("a file");
    let text = PROGRAM
        .replace(VFIO.type_path, replaced.type_path)
        .replace(VFIO.path, replaced.path)
        .replace("vfio_abi::bindings::vfio", &format!("{abi}_abi::bindings::{abi}"))
        .replace("vfio_abi::bindgen", &format!("{abi}_abi::bindgen"))
        .replace("// COMPARISONS", &comparisons(theirs, ours));
    fs::write(program.join("src/main.rs"), text).expect("a file");
    let target = folder.join("target");
    succeed(cargo(&program).args(["run", "--quiet"]).env("CARGO_TARGET_DIR", target))
}

/// A macro call for each name.
fn comparisons(theirs: &Declared, ours: &Declared) -> String {
    let constants = theirs.constants.intersection(&ours.constants);
    let constants = constants.map(|name| format!("constant!({name});\n"));
    let aliases = theirs.aliases.intersection(&ours.aliases);
    let aliases = aliases.map(|name| format!("alias!({name});\n"));
    let types = theirs.types.iter().filter(|(name, _)| ours.types.contains_key(*name));
    let types = types.filter(|(_, type_)| !type_.generic).map(|(name, type_)| {
        let fields = type_.fields.join(", ");
        let traits: Vec<_> = type_.traits.iter().map(String::as_str).collect();
        format!("type_!({name} {{ {fields} }} {});\n", traits.join(" "))
    });
    constants.chain(aliases).chain(types).collect()
}
