//! The release that headers fit best.

use std::collections::{HashMap, HashSet};

use super::places::each_name;
use crate::header::{Declarations, Facts};
use crate::lower::lower;
use crate::release::Release;
use crate::spec::Spec;
use crate::validate::ValidSpec;

/// The newest of the releases that differ least from headers: in names and, among
/// releases with the same names, in numbers and layouts.
pub(super) fn best(spec: &ValidSpec, facts: &Facts, given: &[usize]) -> Release {
    let macros = facts.macros.iter().map(|one| one.name.as_str());
    let constants = facts.constants.iter().map(|one| one.name.as_str());
    let structs = facts.structs.iter().map(|one| one.name.as_str());
    let names: HashSet<&str> = macros.chain(constants).chain(structs).collect();
    let counted = spec.releases().iter().map(|release| {
        let specified = names_at(spec.spec(), *release, given);
        (names.symmetric_difference(&specified).count(), *release)
    });
    let counted: Vec<_> = counted.collect();
    let fewest = counted.iter().map(|(count, _)| *count).min();
    let best = counted.iter().rev().filter(|(count, _)| Some(*count) == fewest);
    let best: Vec<_> = best.map(|(_, release)| *release).collect();
    match best.as_slice() {
        [one] => *one,
        // The first of the smallest, which is the newest.
        several => {
            let differences = |release: &&Release| differences(spec, **release, facts, given);
            several.iter().min_by_key(differences).copied().unwrap_or(spec.newest())
        }
    }
}

/// The names that a specification declares in a release.
fn names_at<'s>(spec: &'s Spec, release: Release, given: &[usize]) -> HashSet<&'s str> {
    let mut names = HashSet::new();
    for file in &spec.files {
        let header = spec.abi.headers.iter().position(|(name, _)| name.value == file.header.value);
        if !header.is_some_and(|header| given.contains(&header)) {
            continue;
        }
        for item in file.items.iter().filter(|item| item.validity(file.validity()).covers(release))
        {
            each_name(item, file.validity(), release, &mut |name| {
                names.insert(name);
            });
        }
    }
    names
}

fn differences(spec: &ValidSpec, release: Release, facts: &Facts, given: &[usize]) -> usize {
    let abi = lower(spec, Some(release));
    let declared = Declarations::of(&abi, given);
    let numbers: HashMap<&str, i128> =
        facts.constants.iter().map(|one| (one.name.as_str(), one.number)).collect();
    let same = declared.constants.iter().filter(|one| numbers.get(one.name) == Some(&one.number));
    let constants = numbers.len() + declared.constants.len() - 2 * same.count();
    let structs: HashMap<&str, _> =
        facts.structs.iter().map(|one| (one.name.as_str(), one)).collect();
    let same = declared.structs.iter().filter(|one| {
        let found = structs.get(one.name.as_str());
        found.is_some_and(|found| {
            let names = found.fields.iter().map(|field| field.name.as_str());
            let known = one.fields.iter().map(|field| field.name.as_str());
            let both = names.zip(known).filter(|(one, other)| !one.is_empty() && one != other);
            found.layouts == one.layouts && both.count() == 0
        })
    });
    constants + structs.len() + declared.structs.len() - 2 * same.count()
}
