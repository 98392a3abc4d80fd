//! The rules of `capchain lint`: on the specification of VFIO, on a capability
//! that was posted with a hole, on every example of the catalogue, and on further
//! cases.

use std::collections::BTreeSet;

use capchain::catalogue;
use capchain::diagnostic::{Diagnostics, Sources};
use capchain::ir::Abi;
use capchain::lint::{codes, lint};
use capchain::lower::lower;
use capchain::spec::load::Origin;
use serde::Deserialize;
use support::fixtures;
use support::spec_folder::SpecFolder;

/// Rules that loading enforces; L13 is checked in both places.
const AT_LOAD: [&str; 2] = ["L10", "L11"];

/// Further rules that an example breaks: one mistake often breaks several.
const FURTHER: [(&str, &[&str]); 3] =
    [("L2", &["L4", "L5"]), ("L5", &["L3", "L3", "L4"]), ("L6", &["L4"])];

/// The findings in the small specification with an example.
fn with_demo(items: &str) -> (Diagnostics, Sources) {
    let folder = SpecFolder::demo();
    folder.write_example(items);
    let opened = folder.open(&[]);
    let mut problems = opened.problems;
    if let Some(spec) = opened.spec {
        problems.append(lint(&lower(&spec, None)));
    }
    (problems, opened.sources)
}

fn sorted_codes(problems: &Diagnostics) -> Vec<&'static str> {
    let mut codes: Vec<_> = problems.sorted().iter().map(|problem| problem.code.0).collect();
    codes.sort_unstable();
    codes
}

/// The real ABI of the newest release.
fn vfio() -> Abi {
    lower(&fixtures::spec(), None)
}

#[test]
fn every_rule_has_an_entry_and_every_entry_a_rule() {
    let rules: BTreeSet<_> = codes().iter().map(|code| code.0).chain(AT_LOAD).collect();
    let entries = catalogue::entries().iter().map(|entry| entry.code.as_str());
    let entries: Vec<_> = entries.filter(|code| code.starts_with('L')).collect();
    assert_eq!(entries.len(), entries.iter().collect::<BTreeSet<_>>().len(), "entered twice");
    assert_eq!(rules, entries.into_iter().collect());
}

#[test]
fn every_bad_example_breaks_its_rule_and_no_good_one_does() {
    let entries = catalogue::entries().iter().filter(|entry| entry.code.starts_with('L'));
    for entry in entries {
        let (good, sources) = with_demo(&entry.good);
        assert!(good.sorted().is_empty(), "{}: {}", entry.code, good.render(&sources, false));
        let (bad, sources) = with_demo(&entry.bad);
        // Loading enforces these rules.
        if AT_LOAD.contains(&entry.code.as_str()) && bad.sorted().is_empty() {
            continue;
        }
        let further = FURTHER.iter().find(|(code, _)| *code == entry.code);
        let mut expected = vec![entry.code.as_str()];
        expected.extend(further.iter().flat_map(|(_, codes)| codes.iter()));
        expected.sort_unstable();
        assert_eq!(sorted_codes(&bad), expected, "{}: {}", entry.code, bad.render(&sources, false));
    }
}

#[test]
fn other_ways_to_break_a_rule_are_found() {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Case {
        case: String,
        finds: Vec<String>,
        says: String,
        items: String,
    }

    let cases: Vec<Case> =
        serde_yaml::from_str(include_str!("../specs/lint_cases.yaml")).expect("the cases");
    let mut missing = Vec::new();
    for Case { case, mut finds, says, items } in cases {
        finds.sort_unstable();
        let (problems, sources) = with_demo(&items);
        let text = problems.render(&sources, false);
        assert_eq!(sorted_codes(&problems), finds, "{case}: {text}");
        if !text.contains(&says) {
            missing.push(format!("{case}: no `{says}` in\n{text}"));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn the_real_specification_is_clean() {
    let opened = capchain::open(&Origin::Folder(fixtures::root().join("spec/vfio")), &[]);
    let spec = opened.spec.expect("the specification");
    let problems = lint(&lower(&spec, None));
    assert!(problems.sorted().is_empty(), "{}", problems.render(&opened.sources, false));
}

#[test]
fn the_posted_capability_causes_its_own_hole() {
    let overlay = fixtures::root().join("spec/vfio/proposals/cxl_v3.yaml");
    let opened = capchain::open(&Origin::Folder(fixtures::root().join("spec/vfio")), &[overlay]);
    let spec = opened.spec.unwrap_or_else(|| {
        panic!("{}", opened.problems.render(&opened.sources, false));
    });
    let problems = lint(&lower(&spec, None));
    assert_eq!(sorted_codes(&problems), ["L3", "L3", "L4", "L5", "L6", "L9"]);
    let text = problems.render(&opened.sources, false);
    for said in [
        // L4 and L6: the hole and its cause.
        "`vfio_device_info_cap_cxl` has a hole after `__resv`",
        "bytes 28 to 31 (64-bit and other 32-bit), none (i386)",
        "with it, `comp_reg_offset` is at 32 (64-bit and other 32-bit), 28 (i386); \
            the size is 48 (64-bit and other 32-bit), 44 (i386)",
        "without it, `comp_reg_offset` is at 24; the size is 40",
        // L5: the layout of a compiler.
        "its size is 48 (64-bit and other 32-bit), 44 (i386)",
        "is at 32 (64-bit and other 32-bit), 28 (i386)",
    ] {
        assert!(text.contains(said), "{said} is missing in: {text}");
    }
}

#[test]
fn the_five_structs_with_two_layouts_need_their_exception() {
    let five = [
        "vfio_bitmap",
        "vfio_device_info_cap_zpci_group",
        "vfio_eeh_pe_op",
        "vfio_iommu_type1_dirty_bitmap_get",
        "vfio_iommu_type1_info_cap_migration",
    ];
    let mut abi = vfio();
    let capabilities = abi.capabilities.iter_mut().map(|one| &mut one.meta);
    for meta in abi.structs.iter_mut().map(|one| &mut one.meta).chain(capabilities) {
        meta.allow.retain(|(rule, _)| rule != "L5");
    }
    let problems = lint(&abi);
    let mut messages: Vec<_> = problems.sorted().iter().map(|one| one.message.clone()).collect();
    messages.sort();
    let expected = five.map(|name| format!("`{name}` does not have the same layout everywhere"));
    assert_eq!(messages, expected);
}

#[test]
fn a_capability_and_its_struct_can_both_allow() {
    let mut abi = vfio();
    let base = |name: &str| name == "vfio_device_info_cap_zpci_base";
    let struct_ = abi.structs.iter_mut().find(|one| base(&one.name)).expect("the struct");
    let allow = std::mem::take(&mut struct_.meta.allow);
    assert!(lint(&abi).sorted().len() >= allow.len());
    let base = |name: &str| name == "VFIO_DEVICE_INFO_CAP_ZPCI_BASE";
    let capability = abi.capabilities.iter_mut().find(|one| base(&one.name));
    capability.expect("the capability").meta.allow = allow;
    assert!(lint(&abi).sorted().is_empty());
}
