//! Names that changed their meaning: former names that are free today, and
//! names that had another number in some release.

use std::collections::HashSet;

use super::{Entry, EntryKind, Meta};
use crate::release::Release;

/// A name that an entry had in earlier releases.
#[derive(Clone, Copy, Debug)]
pub struct FormerName<'a> {
    /// The former name.
    pub name: &'a str,
    /// The release that gave the entry its next name.
    pub until: Release,
    /// The entry.
    pub now: Entry<'a>,
}

/// The former names that are unused today. Names of one group are used together: if
/// one former name of a group means something else today, none of them is kept.
pub fn former_names<'a>(entries: &[Entry<'a>]) -> Vec<FormerName<'a>> {
    let present: HashSet<_> = entries.iter().map(|entry| entry.name).collect();
    let reused =
        |meta: &Meta| meta.history.names.iter().any(|(name, _)| present.contains(name.as_str()));
    let free = |entry: &&Entry<'_>| match entry.kind {
        EntryKind::Constant(group, _) | EntryKind::Enumerator(group, _) => {
            !group.values.iter().any(|value| reused(&value.meta))
        }
        _ => !reused(entry.meta),
    };
    let names = entries.iter().filter(free).flat_map(|now| {
        let names = now.meta.history.names.iter();
        names.map(|(name, until)| FormerName { name, until: *until, now: *now })
    });
    names.collect()
}

/// The entries whose name meant another number in some release.
pub fn renumbered<'a>(entries: &[Entry<'a>]) -> Vec<Entry<'a>> {
    let histories = entries.iter().map(|entry| &entry.meta.history);
    let former: HashSet<_> =
        histories.flat_map(|history| history.names.iter().map(|(name, _)| name.as_str())).collect();
    let changed = |entry: &&Entry<'_>| {
        entry.is_count() || !entry.meta.history.numbers.is_empty() || former.contains(entry.name)
    };
    entries.iter().filter(changed).filter(|entry| entry.number().is_some()).copied().collect()
}
