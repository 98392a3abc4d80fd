//! The specifications of iommufd, fwctl and liveupdate against headers and the kernel's tables
//! of commands: declarations, minsz, second names, fields that hold a younger
//! enum, enums of flags, and numbers of a fixed byte order.

use std::collections::{BTreeMap, BTreeSet};

use capchain::compat::{Class, compare};
use capchain::diagnostic::Sources;
use capchain::drift::drift;
use capchain::header::{Outside, given, read};
use capchain::ir::{Abi, Arg, Literal, SpaceKind};
use capchain::layout::Int;
use capchain::lower::lower;
use capchain::release::Release;
use support::declarations_text::{assert_equal, of_abi, of_facts};
use support::facts;
use support::fixtures::{self, side};
use support::kernels::{self, Kernel, kernels};
use support::program::{run, run_with_input};

/// The ABIs whose arguments start with their size.
const FAMILY: [&str; 3] = ["iommufd", "fwctl", "liveupdate"];

fn at(name: &str, release: &str) -> Abi {
    let folder = fixtures::root().join("spec").join(name);
    lower(&fixtures::open(&folder), Some(release.parse().expect("a release")))
}

#[test]
fn every_release_declares_what_its_header_declares() {
    let facts = facts::of_iommufd();
    for (release, facts) in &facts {
        let compared = assert_equal(release, &of_abi(&at("iommufd", release)), &of_facts(facts));
        assert!(compared >= 40, "{release}: {compared}");
    }
    assert_eq!(facts.len(), 3);
}

/// Names that the stable kernels of a release have, and the release itself does not.
const BACKPORTED: [(&str, &[&str]); 1] =
    [("v6.12", &["IOMMU_HW_CAP_PCI_PASID_EXEC", "IOMMU_HW_CAP_PCI_PASID_PRIV", "iommu_hw_info"])];

#[test]
fn real_headers_have_no_drift() {
    for kernel in kernels() {
        for name in FAMILY {
            let release = kernel.release.to_string();
            let folder = fixtures::root().join("spec").join(name);
            let spec = fixtures::open(&folder);
            let newest = lower(&spec, None);
            if !newest.releases.contains(&kernel.release) {
                continue;
            }
            let path = kernel.folder.join(&newest.headers[0].path);
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            let mut sources = Sources::default();
            let files = [sources.add(path.display().to_string(), text)];
            let given = given(&newest, &sources, &files).expect("a header of the ABI");
            let header = read(&sources, &files, &Outside::of(&newest, &given));
            let abi = lower(&spec, Some(kernel.release));
            let found = drift(&header.facts, &abi, &newest, &given);
            let known = BACKPORTED.iter().find(|(at, _)| *at == release);
            let known = known.map_or(&[][..], |(_, names)| names);
            for one in found.findings.sorted() {
                let backported = known.iter().any(|name| one.message.contains(name));
                assert!(backported && name == "iommufd", "{release} {name}: {}", one.message);
            }
        }
    }
}

/// Every command of the kernel's tables has the argument and the minsz of its table.
#[test]
fn minsz_is_that_of_the_kernels_tables() {
    for (release, table, commands) in [
        ("v6.12", include_str!("../iommufd/commands-v6.12.txt"), 15),
        ("v7.2", include_str!("../iommufd/commands-v7.2.txt"), 29),
        ("v7.3", include_str!("../iommufd/commands-v7.3.txt"), 30),
    ] {
        let mut described = 0;
        for name in FAMILY {
            if !table.contains(&format!("\n{name} ")) && !table.starts_with(name) {
                // It came later.
                continue;
            }
            let abi = at(name, release);
            described += abi.ioctls.len();
            for line in table.lines().filter(|line| line.starts_with(&format!("{name} "))) {
                let words: Vec<_> = line.split(' ').collect();
                let ioctl = abi.ioctls.iter().find(|one| one.name == words[1]);
                let Some(Arg::Struct(id)) = ioctl.map(|one| one.arg) else {
                    panic!("{release}: no {line}");
                };
                let struct_ = abi.struct_(id);
                let minsz = struct_.minsz.map(|field| struct_.fields[field].name.as_str());
                assert_eq!((struct_.name.as_str(), minsz), (words[2], Some(words[3])), "{release}");
            }
        }
        assert_eq!((table.lines().count(), described), (commands, commands), "{release}");
    }
}

/// The words of a header, without its comments.
fn words(text: &str) -> BTreeSet<String> {
    let code = text.split("/*").map(|part| part.split_once("*/").map_or(part, |(_, code)| code));
    code.flat_map(split_words).map(str::to_owned).collect()
}

fn split_words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|one: char| !one.is_alphanumeric() && one != '_')
}

/// Names that the header of a stable kernel has before their release.
fn backported(release: Release) -> &'static [&'static str] {
    let found = BACKPORTED.iter().find(|(at, _)| *at == release.to_string());
    found.map_or(&[], |(_, names)| names)
}

/// Between the headers of any two packaged kernels, the verdicts name everything that the
/// newer one has gained; the headers are read as words only.
#[test]
fn the_verdicts_name_what_real_headers_gained() {
    let spec = fixtures::open(&fixtures::root().join("spec/iommufd"));
    let path = lower(&spec, None).headers[0].path.clone();
    let read = |kernel: Kernel| {
        let text = std::fs::read_to_string(kernel.folder.join(&path)).ok()?;
        Some((kernel.release, words(&text)))
    };
    let headers: BTreeMap<_, _> = kernels::all().into_iter().filter_map(read).collect();
    let headers: Vec<_> = headers.into_iter().collect();
    let (mut pairs, mut names) = (0, 0);
    for (nth, (from, old)) in headers.iter().enumerate() {
        for (to, new) in &headers[nth + 1..] {
            let [one, other] = [from, to].map(|release| lower(&spec, Some(*release)));
            let found = compare(&side("old", one), &side("new", other));
            let texts = found.iter().flat_map(|one| [&one.subject, &one.message]);
            let told: BTreeSet<_> = texts.flat_map(|text| split_words(text)).collect();
            let is_name = |word: &&String| {
                let known = backported(*to).contains(&word.as_str());
                !known && ["IOMMU", "iommu"].iter().any(|prefix| word.starts_with(prefix))
            };
            let gained: Vec<_> = new.difference(old).filter(is_name).collect();
            let missing = gained.iter().filter(|word| !told.contains(word.as_str()));
            let missing: Vec<_> = missing.collect();
            assert!(missing.is_empty(), "{from} to {to}: no verdict on {missing:?}");
            for one in found.iter().filter(|one| one.message.ends_with("is new")) {
                let name = &one.subject;
                let was = old.contains(name) && !backported(*from).contains(&name.as_str());
                assert!(new.contains(name) && !was, "{from} to {to}: {name}");
            }
            pairs += 1;
            names += gained.len();
        }
    }
    println!("{pairs} pairs of headers gained {names} names");
}

#[test]
fn lint_finds_nothing() {
    for name in FAMILY {
        let folder = format!("spec/{name}");
        let outcome = run(&fixtures::root(), &["lint", "--spec", &folder]);
        let said = [outcome.stdout.trim(), outcome.stderr.trim()].concat();
        assert_eq!((said.as_str(), outcome.code), ("0 errors, 0 warnings", 0), "{name}");
    }
}

#[test]
fn a_second_name_is_no_second_number() {
    let abi = at("iommufd", "v7.3");
    let types = abi.groups.iter().find(|one| one.name == "iommu_hw_info_type").expect("the enum");
    let second = types.values.iter().find(|one| one.short == "DEFAULT").expect("the name");
    assert_eq!(second.literal, Literal::Alias("IOMMU_HW_INFO_TYPE_NONE".to_owned()));
    assert_eq!((second.number, types.aliased(second).expect("the first").number), (0, 0));
    assert!(types.named().all(|one| one.short != "DEFAULT"), "0 is printed as NONE");
    let spaces = abi.number_spaces();
    let space = spaces.iter().find(|one| one.name == types.name).expect("the space");
    assert_eq!(space.uses.iter().filter(|one| one.number == 0).count(), 1);
}

#[test]
fn a_second_name_does_not_break_programs_and_another_number_does() {
    let abi = at("iommufd", "v7.3");
    let (old, new) = (at("iommufd", "v6.16"), at("iommufd", "v6.17"));
    let breaks = |old: Abi, new: Abi| {
        let found = compare(&side("old", old), &side("new", new));
        let breaks = found.into_iter().filter(|one| one.class.breaks());
        breaks.map(|one| (one.code.0, one.class, one.subject)).collect::<Vec<_>>()
    };
    let of_numbers = breaks(old, new).into_iter().filter(|(_, class, _)| *class == Class::Ids);
    assert_eq!(of_numbers.collect::<Vec<_>>(), []);
    let changed = |change: &dyn Fn(&mut capchain::ir::Value)| {
        let mut changed = abi.clone();
        let values = changed.groups.iter_mut().flat_map(|group| &mut group.values);
        let mut second = values.filter(|one| one.name == "IOMMU_HW_INFO_TYPE_DEFAULT");
        change(second.next().expect("the name"));
        breaks(abi.clone(), changed)
    };
    let subject = || "IOMMU_HW_INFO_TYPE_DEFAULT".to_owned();
    let renumbered = changed(&|value| value.number = 1);
    assert_eq!(renumbered, [("C10", Class::Wire, subject())]);
    let of_its_own = changed(&|value| value.literal = Literal::Decimal);
    assert_eq!(of_its_own, [], "the number is the same");
    let mut without = abi.clone();
    for group in &mut without.groups {
        group.values.retain(|one| one.name != "IOMMU_HW_INFO_TYPE_DEFAULT");
    }
    assert_eq!(breaks(abi.clone(), without), [("C11", Class::Source, subject())]);
}

#[test]
fn a_field_holds_nothing_before_its_enum_came() {
    for (release, holds) in [("v6.16", None), ("v6.17", Some("iommufd_hw_info_flags"))] {
        let abi = at("iommufd", release);
        let info = abi.find_struct("iommu_hw_info").map(|id| abi.struct_(id)).expect("the struct");
        let flags = info.fields.iter().find(|one| one.name == "flags").expect("the field");
        let group = flags.group.map(|id| abi.group(id));
        assert_eq!(group.map(|one| one.name.as_str()), holds, "{release}");
        assert!(group.is_none_or(capchain::ir::Group::is_flags));
    }
}

#[test]
fn bits_of_an_enum_are_decoded_and_counted_as_flags() {
    let abi = at("iommufd", "v7.3");
    let spaces = abi.number_spaces();
    let kind = |name: &str| {
        let space = spaces.iter().find(|one| one.name == name).expect("the space");
        (space.kind, space.next_free)
    };
    assert_eq!(kind("iommufd_hwpt_alloc_flags"), (SpaceKind::Flags, Some(4)));
    assert_eq!(kind("iommu_hwpt_data_type"), (SpaceKind::Enum, Some(4)));
    let mut bytes = vec![0_u8; 48];
    (bytes[0], bytes[4], bytes[40]) = (48, 0x14, 7);
    let args = ["decode", "--spec", "spec/iommufd", "iommu_hwpt_alloc"];
    let text = run_with_input(&fixtures::root(), &args, &bytes).stdout;
    assert!(text.contains("FAULT_ID_VALID | 0x10 (0x14)"), "{text}");
}

#[test]
fn little_endian_words_are_aligned_everywhere() {
    let abi = at("iommufd", "v7.3");
    let event = abi.find_struct("iommu_vevent_arm_smmuv3").map(|id| abi.struct_(id));
    let event = event.expect("the struct");
    assert!(event.layouts.iter().all(|layout| (layout.size, layout.align) == (32, 8)));
    assert_eq!(Int::AlignedLe64.value(), Int::U64);
}

#[test]
fn a_new_command_is_imported_with_its_argument_and_the_size_of_that() {
    let folder = tempfile::tempdir().expect("a folder");
    let header = folder.path().join("linux/iommufd.h");
    std::fs::create_dir_all(header.parent().expect("a folder")).expect("a folder");
    let text = "#ifndef _IOMMUFD_H\n#define _IOMMUFD_H\n#include <linux/types.h>\n\
        #define IOMMUFD_TYPE (';')\nenum {\n\tIOMMUFD_CMD_BASE = 0x80,\n\
        \tIOMMUFD_CMD_NEW_THING = 0xa0,\n};\n\
        struct iommu_new_thing {\n\t__u32 size;\n\t__u32 flags;\n\t__u32 dev_id;\n\
        \t__u32 out_id;\n};\n\
        #define IOMMU_NEW_THING _IO(IOMMUFD_TYPE, IOMMUFD_CMD_NEW_THING)\n#endif\n";
    std::fs::write(&header, text).expect("a file");
    let header = header.to_str().expect("a path");
    let args = ["--spec", "spec/iommufd", "import", header];
    let found = support::program::run(&fixtures::root(), &args);
    for part in ["size: in argsz u32, ", "    minsz: out_id #", "arg: struct iommu_new_thing #"] {
        assert!(found.stdout.contains(part), "{part}: {}{}", found.stdout, found.stderr);
    }
}
