//! The verdicts between the releases whose headers a compiler has measured, each with the
//! fact that makes it true: what the two measured headers have of the names in the finding,
//! or, for findings about handlers, which no header declares, the source of the handler. And
//! the reverse: every name that differs in the measured headers is in a finding.

use std::collections::{BTreeMap, BTreeSet};

use capchain::compat::{Finding, Side, compare};
use capchain::ir::{Abi, Struct};
use capchain::lower::lower;
use capchain::release::Release;
use support::facts::{self, Facts};
use support::fixtures;

use crate::snapshot::assert_golden;

/// What a measured header has, by name: constants, macros, structs and fields.
type Measured = BTreeMap<String, String>;

fn measured(facts: &Facts) -> Measured {
    let mut all = Measured::new();
    for (name, value) in &facts.constants {
        all.insert(name.clone(), value.to_string());
    }
    for (name, one) in &facts.enums {
        all.insert(name.clone(), format!("enumerator {}", one.value));
    }
    all.extend(facts.function_macros.iter().map(|name| (name.clone(), "a macro".to_owned())));
    for (name, one) in &facts.structs {
        let on_i386 = facts.i386_differs.get(name).map_or(String::new(), |extent| {
            format!(" (i386: {} bytes aligned to {})", extent.size, extent.align)
        });
        let extent = format!("{} bytes aligned to {}{on_i386}", one.size, one.align);
        all.insert(name.clone(), extent);
        for field in &one.fields {
            for field in [field].into_iter().chain(field.fields.iter().flatten()) {
                let text = format!("{} at {} of {} bytes", field.type_, field.offset, field.size);
                all.insert([name, ".", &field.name].concat(), text);
            }
        }
    }
    all
}

/// The sides that have facts, in order.
fn sides() -> Vec<(Side, Measured)> {
    let spec = fixtures::spec();
    let mut all: Vec<(Release, Measured)> = facts::all()
        .into_iter()
        .map(|(name, facts)| (name.parse().expect("a release"), measured(&facts)))
        .collect();
    all.sort_by_key(|(release, _)| *release);
    let side = |release: Release| fixtures::side(&release.to_string(), lower(&spec, Some(release)));
    all.into_iter().map(|(release, measured)| (side(release), measured)).collect()
}

/// The names that a finding is about: its subject, the names in its message, and for things
/// that only a specification names, what a header declares of them.
fn names<'a>(finding: &'a Finding, abi: &'a Abi) -> BTreeSet<&'a str> {
    let words = finding.message.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let words =
        words.filter(|word| word.contains('_') || finding.message.contains(&format!("`{word}`")));
    let subject = finding.subject.as_str();
    let item = subject.split('.').next().unwrap_or(subject);
    let mut names: BTreeSet<_> = [subject, item].into_iter().chain(words).collect();
    for group in abi.groups.iter().filter(|one| one.name == subject) {
        names.extend(group.values.iter().map(|value| value.name.as_str()));
    }
    for format in abi.cap_headers.iter().filter(|one| one.name == subject) {
        names.insert(&abi.struct_(format.struct_).name);
    }
    let chains: Vec<_> =
        abi.chains.iter().filter(|one| names.contains(one.name.as_str())).collect();
    let hosts = chains.into_iter().filter_map(|chain| chain.host());
    names.extend(hosts.map(|host| host.flag.0.as_str()));
    names
}

/// The numbers that fields of a struct hold.
fn held<'a>(abi: &'a Abi, struct_: &Struct) -> Vec<&'a str> {
    let of_arms = struct_.fields.iter().flat_map(|field| field.arms()).map(|arm| arm.group);
    let groups = struct_.fields.iter().flat_map(|field| [field.group, field.ids]).chain(of_arms);
    let values = groups.flatten().flat_map(|group| &abi.group(group).values);
    values.map(|value| value.name.as_str()).collect()
}

/// The names of a finding that differ between two measured headers, as they differ.
fn differences(finding: &Finding, old: &(Side, Measured), new: &(Side, Measured)) -> Vec<String> {
    let (before, after) = (&old.1, &new.1);
    let differs = |name: &&str| before.get(*name) != after.get(*name);
    let text = |name: &str| {
        let word = |side: &Measured| side.get(name).cloned().unwrap_or("nothing".to_owned());
        format!("{name}: {} -> {}", word(before), word(after))
    };
    let mut all = names(finding, &new.0.abi);
    all.extend(names(finding, &old.0.abi));
    all.into_iter().filter(differs).map(text).collect()
}

/// The sources of what no measured header has: the handlers of an ioctl or of a profile, and
/// the text of a macro.
fn sources(side: &Side, name: &str) -> Vec<String> {
    let abi = &side.abi;
    let handlers = abi.ioctls.iter().flat_map(|ioctl| {
        let served = ioctl.served_at(abi.release).filter(move |_| ioctl.name == name);
        let named = ioctl.handlers.iter().filter(|one| one.profile.as_deref() == Some(name));
        served.chain(named)
    });
    let macros = abi.macros.iter().filter(|one| one.name == name).map(|one| &one.meta.source);
    let sources = handlers.map(|one| &one.source).chain(macros);
    let sources: BTreeSet<_> = sources.map(|one| format!("{one} in {}", side.name)).collect();
    sources.into_iter().collect()
}

/// The facts that make a finding true.
fn reasons(finding: &Finding, old: &(Side, Measured), new: &(Side, Measured)) -> Vec<String> {
    let differ = differences(finding, old, new);
    let mut groups = new.0.abi.groups.iter();
    if groups.any(|group| group.name == finding.subject && group.values.is_empty()) {
        return vec!["its first number came later".to_owned()];
    }
    match differ.is_empty() {
        false => differ,
        true => {
            [&old.0, &new.0].into_iter().flat_map(|side| sources(side, &finding.subject)).collect()
        }
    }
}

#[test]
fn every_verdict_has_the_fact_that_makes_it_true() {
    let mut lines = String::new();
    let mut without = Vec::new();
    for pair in sides().windows(2) {
        let [old, new] = pair else { continue };
        for finding in compare(&old.0, &new.0) {
            let reasons = reasons(&finding, old, new);
            let step = format!("{} to {}", old.0.name, new.0.name);
            let (code, class) = (finding.code.0, finding.class.words());
            let head = format!("{step} {code} {class}: {}", finding.subject);
            if reasons.is_empty() {
                without.push(format!("{head}: {}", finding.message));
            }
            lines += &format!("{head} | {}\n", reasons.join("; "));
        }
    }
    assert!(without.is_empty(), "without a fact:\n{}", without.join("\n"));
    assert_golden("transitions.txt", &lines);
}

#[test]
fn every_measured_difference_is_in_a_finding() {
    for pair in sides().windows(2) {
        let [(old, before), (new, after)] = pair else { continue };
        let findings = compare(old, new);
        let sides = [&old.abi, &new.abi];
        let mut named: BTreeSet<&str> =
            findings.iter().flat_map(|one| sides.map(|abi| names(one, abi))).flatten().collect();
        // The numbers in the fields of a new struct come with it.
        let structs = new.abi.structs.iter().filter(|one| !before.contains_key(&one.name));
        named.extend(structs.flat_map(|one| held(&new.abi, one)));
        let all: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        let missing = all.into_iter().filter(|name| before.get(*name) != after.get(*name));
        // A field of a new struct comes with its struct.
        let item = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
        let missing: Vec<_> = missing
            .filter(|name| !named.contains(name.as_str()) && !named.contains(item(name).as_str()))
            .collect();
        assert!(missing.is_empty(), "{} to {}: {missing:?}", old.name, new.name);
    }
}
