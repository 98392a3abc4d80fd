//! The release whose names and numbers headers fit best.

use std::collections::HashMap;

use crate::header::{Declarations, Facts};
use crate::lower::lower;
use crate::release::Release;
use crate::validate::ValidSpec;

/// The newest of the releases that have the fewest differences from headers in names,
/// numbers and sizes of structs.
pub(super) fn best(spec: &ValidSpec, facts: &Facts, given: &[usize]) -> Release {
    let newest = spec.newest();
    let mut best = (usize::MAX, newest);
    for release in spec.releases().iter().rev() {
        let differences = differences(spec, *release, facts, given);
        if differences < best.0 {
            best = (differences, *release);
        }
        // A header that fits exactly, or hardly changes the newest release.
        if differences == 0 {
            break;
        }
    }
    best.1
}

fn differences(spec: &ValidSpec, release: Release, facts: &Facts, given: &[usize]) -> usize {
    let abi = lower(spec, Some(release));
    let declared = Declarations::of(&abi, given);
    let numbers: HashMap<&str, i128> =
        facts.constants.iter().map(|one| (one.name.as_str(), one.number)).collect();
    let same = declared.constants.iter().filter(|one| numbers.get(one.name) == Some(&one.number));
    let constants = numbers.len() + declared.constants.len() - 2 * same.count();
    let structs: HashMap<&str, _> = facts
        .structs
        .iter()
        .map(|one| (one.name.as_str(), (&one.layouts, one.fields.len())))
        .collect();
    let same = declared.structs.iter().filter(|one| {
        let found = structs.get(one.name.as_str());
        found == Some(&(&one.layouts, one.fields.len()))
    });
    constants + structs.len() + declared.structs.len() - 2 * same.count()
}
