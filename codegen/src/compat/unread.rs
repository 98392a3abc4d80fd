//! Items that a side does not know: findings about them are dropped or replaced.

use std::collections::{BTreeSet, HashSet};

use super::codes::NOT_JUDGED;
use super::finding::{Class, Finding, Party};
use super::matching::Matching;
use super::side::{Side, UnreadItem};
use crate::ir::{Entry, EntryKind};

/// Drops the findings about items of headers that were not given. A finding about an item that
/// was not read gives way to one that says so, unless its text is the same on both sides.
pub(super) fn apply(matching: &Matching<'_>, mut findings: Vec<Finding>) -> Vec<Finding> {
    let sides = [matching.old, matching.new];
    let absent: HashSet<_> = sides.into_iter().flat_map(other_headers).collect();
    let unread: BTreeSet<&String> =
        sides.into_iter().flat_map(|side| side.knowledge.unread.keys()).collect();
    findings.retain(|one| {
        let item = one.subject.split('.').next().unwrap_or_default();
        !absent.contains(item) && !unread.contains(&item.to_owned())
    });
    let not_judged = unread.into_iter().filter_map(|name| {
        let (old, new) = (find(matching.old, name), find(matching.new, name));
        let same = old.zip(new).is_some_and(|(old, new)| old.text == new.text);
        if same {
            return None;
        }
        let (party, item) = match new {
            Some(new) => (Party::New, new),
            None => (Party::Old, old?),
        };
        let message = format!("the item was not read: {}", item.reason);
        let finding = Finding::new(NOT_JUDGED, Class::NotJudged, name, message);
        Some(finding.at(party, item.place))
    });
    findings.extend(not_judged);
    findings
}

fn find<'a>(side: &'a Side, name: &str) -> Option<&'a UnreadItem> {
    side.knowledge.unread.get(name)
}

/// The names of all items of headers that were not given.
fn other_headers(side: &Side) -> Vec<String> {
    let Some(given) = &side.knowledge.headers else { return Vec::new() };
    let abi = &side.abi;
    let is_given = |section: usize| given.contains(&abi.sections[section].header);
    let is_item =
        |entry: &Entry<'_>| !matches!(entry.kind, EntryKind::Member(..) | EntryKind::Union(..));
    let items = abi.entries().into_iter().filter(is_item);
    let others = items.filter(|entry| !is_given(entry.section));
    others.map(|entry| entry.name.to_owned()).collect()
}
