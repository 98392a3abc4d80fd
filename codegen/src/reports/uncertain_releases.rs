//! Warnings for items whose first release is known only as a range: a release
//! without the item and a later one with it.

use crate::ir::{Abi, Entry, EntryKind};
use crate::release::{Release, Since};

/// A warning for each range that contains the release, with the names of its
/// items. `newest` has the first release of every item; removed items and
/// handlers are not reported (handler ranges are wide, and only `compat` uses
/// them).
pub(super) fn warnings(newest: &Abi, at: Release) -> Vec<String> {
    let mut ranges = Vec::<(Since, Vec<String>)>::new();
    let entries = newest.entries();
    let uncertain = entries.iter().filter(|entry| entry.meta.since.is_uncertain_at(at));
    for entry in uncertain.filter(|entry| has_own_release(newest, entry)) {
        let since = entry.meta.since;
        let name = format!("`{}`", entry.qualified_name(newest));
        match ranges.iter_mut().find(|(known, _)| *known == since) {
            Some((_, names)) => names.push(name),
            None => ranges.push((since, vec![name])),
        }
    }
    let warnings = ranges.iter().map(|(since, names)| {
        let names = names.join(", ");
        let Since::Between(without, with) = since else { return names };
        format!("it is not known whether {at} has {names} (added between {without} and {with})")
    });
    warnings.collect()
}

/// Whether the entry is reported: a name of the ABI that is newer than the struct that contains it.
fn has_own_release(abi: &Abi, entry: &Entry<'_>) -> bool {
    match entry.kind {
        EntryKind::Member(id, member) => member.meta.since != abi.struct_(id).meta.since,
        EntryKind::Union(..) | EntryKind::Enum(_) | EntryKind::Group(_) | EntryKind::Chain(_) => {
            false
        }
        _ => true,
    }
}
