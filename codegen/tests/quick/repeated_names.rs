//! No name of an output repeats itself: no words follow themselves, and the name of the ABI
//! does not follow the stem that all names of the header start with.

use std::fs;
use std::path::Path;

use support::fixtures;

/// The words of a name, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words = Vec::<String>::new();
    for part in name.split('_').filter(|part| !part.is_empty()) {
        let letters: Vec<char> = part.chars().collect();
        let mut word = String::new();
        for (at, letter) in letters.iter().enumerate() {
            let after_small = at > 0 && !letters[at - 1].is_ascii_uppercase();
            let before_small = letters.get(at + 1).is_some_and(char::is_ascii_lowercase);
            if letter.is_ascii_uppercase() && at > 0 && (after_small || before_small) {
                words.push(std::mem::take(&mut word));
            }
            word.push(letter.to_ascii_lowercase());
        }
        words.push(word);
    }
    words
}

/// Whether a name repeats itself.
fn repeats(name: &str, prefixes: &[&str]) -> bool {
    let words = words(name);
    let twice = (1..=words.len() / 2)
        .any(|length| words.windows(2 * length).any(|run| run[..length] == run[length..]));
    let abi = words.windows(3).next();
    let is_stem = |[abi, mark, next]: [&str; 3]| {
        prefixes.contains(&abi) && mark == "abi" && prefixes.contains(&next)
    };
    twice || abi.is_some_and(|abi| is_stem([&abi[0], &abi[1], &abi[2]]))
}

/// The names in the files of a folder that repeat themselves. In `bindings` are names of
/// bindgen: the kernel's name of an enum, and that of a number.
fn repeated(folder: &Path, prefixes: &[&str], found: &mut Vec<String>, seen: &mut usize) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.ends_with("src/bindings") {
            continue;
        }
        if path.is_dir() {
            repeated(&path, prefixes, found, seen);
            continue;
        }
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let names = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        for name in names.filter(|name| !name.starts_with(|one: char| one.is_ascii_digit())) {
            *seen += 1;
            if repeats(name, prefixes) {
                found.push(format!("{name} in {}", path.display()));
            }
        }
    }
}

#[test]
fn no_name_of_an_output_repeats_itself() {
    for (abi, prefixes) in
        [("iommufd", &["iommufd", "iommu"][..]), ("pci", &["pci"]), ("vfio", &["vfio"])]
    {
        let folder = fixtures::root().join("generated").join([abi, "-abi"].concat());
        let (mut found, mut seen) = (Vec::new(), 0);
        repeated(&folder, prefixes, &mut found, &mut seen);
        found.sort();
        found.dedup();
        assert!(seen > 10_000, "{abi}: {seen} names");
        assert!(found.is_empty(), "{abi}:\n{}", found.join("\n"));
    }
}

#[test]
fn a_repetition_is_recognized() {
    let iommu = ["iommufd", "iommu"];
    for name in [
        "iommufd_abi_hwpt_invalidate_hwpt_invalidate_data_vtd_s1",
        "HeaderBridgeBridgeControl",
        "OffsetofDeviceInfoCapZpciPfipPfip",
        "iommufd_abi_iommufd_option_name",
        "IOMMUFD_ABI_IOMMU_OPTION",
        "iommufd_abi__iommufd_x",
    ] {
        assert!(repeats(name, &iommu), "{name}");
    }
    for name in ["IOMMUFD_ABI_HAVE_iommufd_option", "iommufd_abi", "PciPCIe", "vfio_abi_vfio"] {
        assert!(!repeats(name, &iommu), "{name}");
    }
}
