//! The verdicts of `capchain compat`: on the history of VFIO, and on every
//! example of the catalogue.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use capchain::catalogue;
use capchain::compat::{Class, Finding, SeverityRules, codes, compare};
use capchain::release::Release;
use support::comparisons::{Example, breaking, examples, history};
use support::fixtures;

/// A break: its code, its class and its subject.
type Break = (&'static str, Class, &'static str);

/// The breaks of the history, by their release.
const BREAKS: [(&str, &[Break]); 7] = [
    // Its fields move, and minsz is larger.
    ("v4.5", &[("C21", Class::Wire32, "vfio_iommu_spapr_tce_create"); 2]),
    ("v4.6", &[("C7", Class::Source, "vfio_region_info.cap_offset")]),
    ("v5.8-rc2", &[("C12", Class::Ids, "VFIO_IOMMU_TYPE1_INFO_CAP_MIGRATION")]),
    ("v5.8", &[("C10", Class::Wire, "VFIO_IOMMU_TYPE1_INFO_CAP_MIGRATION")]),
    (
        "v5.18",
        &[
            ("C11", Class::Source, "VFIO_REGION_TYPE_MIGRATION"),
            ("C11", Class::Source, "VFIO_REGION_SUBTYPE_MIGRATION"),
            ("C10", Class::Source, "VFIO_DEVICE_STATE_STOP"),
            ("C10", Class::Source, "VFIO_DEVICE_STATE_RUNNING"),
            ("C11", Class::Source, "VFIO_DEVICE_STATE_SAVING"),
        ],
    ),
    ("v6.13", &[("C11", Class::Source, "VFIO_TYPE1_NESTING_IOMMU")]),
    // The tail begins before the address of the token.
    ("v6.17", &[("C28", Class::Wire, "VFIO_DEVICE_BIND_IOMMUFD")]),
];

type Broken = Vec<(&'static str, Class, String)>;

fn breaks(findings: &[Finding]) -> Broken {
    let breaks = findings.iter().filter(|one| one.class.breaks());
    breaks.map(|one| (one.code.0, one.class, one.subject.clone())).collect()
}

fn expected(release: &str) -> Broken {
    let step = BREAKS.iter().find(|(at, _)| *at == release);
    let list = step.map_or(&[][..], |(_, list)| list);
    list.iter().map(|(code, class, subject)| (*code, *class, (*subject).to_owned())).collect()
}

#[test]
fn step_by_step_the_history_breaks_where_it_did() {
    let sides = history();
    let mut findings = 0;
    for pair in sides.windows(2) {
        let found = compare(&pair[0].1, &pair[1].1);
        assert_eq!(breaks(&found), expected(&pair[1].1.name), "to {}", pair[1].1.name);
        findings += found.len();
    }
    println!("{} steps, {findings} findings", sides.len() - 1);
}

#[test]
fn between_the_releases_with_facts_three_steps_break() {
    let facts = fixtures::root().join("codegen/tests/facts");
    let has_facts = |release: &Release| facts.join(format!("{release}.json")).exists();
    let sides: Vec<_> = history().into_iter().filter(|(release, _)| has_facts(release)).collect();
    assert_eq!(sides.len(), fs::read_dir(&facts).expect("the facts").count());
    let mut steps = BTreeMap::new();
    for pair in sides.windows(2) {
        let found = breaks(&compare(&pair[0].1, &pair[1].1));
        if !found.is_empty() {
            steps.insert(format!("{} to {}", pair[0].0, pair[1].0), found);
        }
    }
    let of = |releases: &[&str]| releases.iter().flat_map(|one| expected(one)).collect::<Vec<_>>();
    let expected = BTreeMap::from([
        ("v4.4 to v4.7".to_owned(), of(&["v4.5", "v4.6"])),
        ("v5.12 to v5.18".to_owned(), of(&["v5.18"])),
        ("v6.12 to v6.19".to_owned(), of(&["v6.13"])),
    ]);
    let sorted = |steps: BTreeMap<String, Broken>| -> BTreeMap<String, BTreeSet<String>> {
        let texts = |found: Broken| found.iter().map(|one| format!("{one:?}")).collect();
        steps.into_iter().map(|(step, found)| (step, texts(found))).collect()
    };
    assert_eq!(sorted(steps), sorted(expected));
}

#[test]
fn the_same_abi_gives_no_finding() {
    for (_, side) in history() {
        assert!(compare(&side, &side).is_empty(), "{}", side.name);
    }
}

#[test]
fn every_rule_has_an_entry_and_every_entry_a_rule() {
    let rules: Vec<_> = codes().iter().map(|code| code.0).collect();
    let entries = catalogue::entries().iter().filter(|entry| entry.before.is_some());
    assert_eq!(rules, entries.map(|entry| entry.code.as_str()).collect::<Vec<_>>());
}

#[test]
fn every_example_is_found_and_its_twin_is_not() {
    for Example { entry, before, bad, good } in examples() {
        let found = compare(&before, &bad);
        let own = found.iter().filter(|one| one.code.0 == entry.code).min_by_key(|one| one.class);
        let own = own.unwrap_or_else(|| panic!("{}: not among {found:#?}", entry.code));
        let good = compare(&before, &good);
        assert_eq!(breaks(&good), [], "{}: its good example breaks", entry.code);
        let reported = good.iter().any(|one| one.code.0 == entry.code);
        assert!(own.class.breaks() || !reported, "{}: found in its good example too", entry.code);
    }
}

#[test]
fn every_break_of_the_wire_has_a_witness() {
    let wire = [Class::Wire, Class::Wire32, Class::Ids];
    for (name, found) in breaking() {
        for one in found.iter().filter(|one| wire.contains(&one.class)) {
            let witness = one.witness.as_ref();
            let claims = witness.map_or(0, |witness| witness.claims.len());
            assert!(claims > 0, "{name}: {one:#?}");
        }
    }
}

#[test]
fn findings_are_weighed_and_accepted_by_rules() {
    let sides = history();
    let at = |name: &str| &sides.iter().find(|(_, side)| side.name == name).expect("it").1;
    let found = compare(at("v6.12"), at("v6.13"));
    let judge = |text: &str| {
        let rules = SeverityRules::parse(text).expect("rules");
        let (judged, idle) = rules.judge(found.clone(), |_, _| None);
        let breaks = judged.iter().filter(|one| one.verdict == capchain::compat::Verdict::Breaks);
        (breaks.count(), idle.len())
    };
    let accepted = "accept:\n- code: C11\n  subject: VFIO_TYPE1_NESTING_IOMMU\n  reason: unused\n";
    assert_eq!(judge("{}"), (1, 0));
    assert_eq!(judge(accepted), (0, 0));
    assert_eq!(judge(&accepted.replace("C11", "C10")), (1, 1));
    assert_eq!(judge("severity: {C11: note}"), (0, 0));
    assert_eq!(judge("severity: {C11: note, C21: error}"), (0, 0));
    for (text, says) in [
        ("severity: {C99: note}", "there is no rule `C99`"),
        ("severity: {C1: fatal}", "unknown variant `fatal`"),
        ("accept: [{code: C1, subject: x, reason: ''}]", "without a reason"),
        ("allow: []", "unknown field `allow`"),
    ] {
        let error = SeverityRules::parse(text).expect_err(text);
        assert!(error.contains(says), "{text}: {error}");
    }
}
