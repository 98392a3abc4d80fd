//! No type of a generated crate has a name of Rust's prelude: an import of all types of its
//! module would hide that of the language.

use std::collections::BTreeSet;

use capchain::ir::Abi;
use capchain::names;
use support::fixtures;
use support::spec_folder::SpecFolder;

/// The types that the files of a crate declare for other crates.
fn types(files: impl Iterator<Item = String>) -> BTreeSet<String> {
    let mut types = BTreeSet::new();
    for text in files {
        for line in text.lines() {
            let mut words =
                line.trim_start().split(|letter: char| !letter.is_alphanumeric() && letter != '_');
            let kinds = ["struct", "enum", "trait", "type", "union"];
            if words.next() == Some("pub") && words.next().is_some_and(|kind| kinds.contains(&kind))
            {
                types.extend(words.next().map(str::to_owned));
            }
        }
    }
    types
}

fn types_of(abi: &Abi) -> BTreeSet<String> {
    let files = capchain::outputs(abi).into_iter();
    types(files.filter(|file| file.path.ends_with(".rs")).map(|file| file.contents))
}

#[test]
fn no_type_hides_one_of_the_language() {
    for abi in ["iommufd", "pci", "vfio"] {
        let spec = fixtures::open(&fixtures::root().join("spec").join(abi));
        let types = types_of(&capchain::lower::lower(&spec, None));
        let hiding: Vec<_> = types.iter().filter(|name| names::is_in_prelude(name)).collect();
        assert!(types.len() > 100, "{abi}: {} types", types.len());
        assert!(hiding.is_empty(), "{abi}: {hiding:?}");
    }
}

/// Ioctls and replies with names of the prelude, one of which is that of another ioctl's reply.
#[test]
fn an_ioctl_with_a_name_of_the_language_keeps_its_prefix() {
    let names =
        ["box", "default", "err", "from", "none", "ok", "option", "result", "string", "vec"];
    let ioctl = |(number, name): (usize, &&str)| {
        let upper = name.to_uppercase();
        format!(
            "- struct: demo_{name}\n  doc: An argument.\n  minsz: value\n  fields:\n    \
             argsz: in argsz u32, size of this struct\n    value: in u32, a number\n\
             - ioctl: DEMO_{upper}\n  number: {}\n  fd: device\n  arg: struct demo_{name}\n  doc: Asks.\n",
            number + 1
        )
    };
    let folder = SpecFolder::demo();
    folder.write_example(&names.iter().enumerate().map(ioctl).collect::<String>());
    let abi = folder.abi();
    let types = types_of(&abi);
    for name in names {
        let long = names::rust_type(&["demo_", name].concat());
        assert!(types.contains(&long), "{long} in {types:?}");
        assert!(!types.contains(&names::rust_type(name)), "{name}");
    }
}

/// A program that imports all types still has those of the language.
mod importing {
    #[expect(unused_imports, reason = "that is what is tried")]
    use iommufd_abi::{calls::*, requests::*, streams::*, uapi::*};
    #[expect(unused_imports, reason = "that is what is tried")]
    use vfio_abi::{calls::*, requests::*, uapi::*, views::*};

    pub(super) fn shortest(names: &[Option<Box<str>>]) -> Result<String, Vec<usize>> {
        let known = names.iter().flatten().min_by_key(|name| name.len());
        match known {
            Some(name) => Ok(name.to_string()),
            None => Err(Vec::from_iter(0..names.len())),
        }
    }
}

#[test]
fn an_import_of_all_types_hides_none_of_the_language() {
    assert_eq!(importing::shortest(&[Some("ab".into()), None, Some("c".into())]), Ok("c".into()));
    assert_eq!(importing::shortest(&[None]), Err(vec![0]));
}
