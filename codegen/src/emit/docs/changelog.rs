//! The history of an ABI as a list of items, each with its changes and their
//! releases. The matrix shows it by item, the pages of the releases by release.

use std::collections::{BTreeMap, BTreeSet};

use crate::ir::{Abi, Entry, EntryKind, Literal, Meta};
use crate::release::Release;

/// An item in all its releases.
pub(super) struct ItemHistory<'a> {
    /// The word for its kind.
    pub(super) kind: &'static str,
    pub(super) name: &'a str,
    /// The struct that it is a field of.
    pub(super) owner: Option<&'a str>,
    /// Metadata common to all items.
    pub(super) meta: &'a Meta,
    /// Index of its section.
    pub(super) section: usize,
    /// Its number, if other releases can have another one.
    pub(super) number: Option<i128>,
    /// Other numbers it had before, with the release that changed each.
    pub(super) renumbered: Vec<(i128, Release)>,
    /// The type of a field that had another one before.
    pub(super) type_: Option<String>,
    /// Whether a field came with its struct.
    pub(super) with_owner: bool,
}

/// Every item in the order of the specification, fields after their structs.
pub(super) fn all(abi: &Abi) -> Vec<ItemHistory<'_>> {
    let entries = abi.entries();
    let histories = entries.iter().filter_map(|entry| {
        let (owner, member) = match entry.kind {
            EntryKind::Member(id, member) => (Some(abi.struct_(id)), Some(member)),
            _ => (None, None),
        };
        Some(ItemHistory {
            kind: kind(entry)?,
            name: entry.name,
            owner: owner.map(|owner| owner.name.as_str()),
            meta: entry.meta,
            section: entry.section,
            number: entry.number(),
            renumbered: renumbered(entry),
            type_: member
                .filter(|_| !entry.meta.history.types.is_empty())
                .map(|member| abi.type_text(member.type_)),
            with_owner: owner.is_some_and(|owner| owner.meta.since == entry.meta.since),
        })
    });
    histories.collect()
}

/// The earlier numbers of an item. A count was smaller before each later enumerator was added.
fn renumbered(entry: &Entry<'_>) -> Vec<(i128, Release)> {
    let EntryKind::Enumerator(group, value) = entry.kind else {
        return entry.meta.history.numbers.clone();
    };
    if !entry.is_count() {
        return entry.meta.history.numbers.clone();
    }
    let since = value.meta.since.first();
    let mut later: Vec<_> = group.values.iter().map(|value| value.meta.since.first()).collect();
    later.retain(|came| *came > since);
    later.sort();
    let count = later.len() as i128;
    let before = |index: usize| value.number - count + index as i128;
    let change_releases = later.iter().enumerate();
    let change_releases =
        change_releases.filter(|(index, came)| *index == 0 || later[index - 1] != **came);
    change_releases.map(|(index, came)| (before(index), *came)).collect()
}

/// The word for the kind of an item; `None` for an item that C code cannot name.
fn kind(entry: &Entry<'_>) -> Option<&'static str> {
    Some(match entry.kind {
        EntryKind::Struct(_) => "struct",
        EntryKind::Member(_, member) if !member.is_header() => "field",
        EntryKind::Constant(_, value) if matches!(value.literal, Literal::Bit { .. }) => "flag",
        EntryKind::Constant(..) => "constant",
        EntryKind::Enumerator(..) => "enumerator",
        EntryKind::Enum(_) => "enum",
        EntryKind::Macro(_) => "macro",
        EntryKind::Ioctl(_) => "ioctl",
        EntryKind::Capability(_) => "capability",
        EntryKind::Member(..)
        | EntryKind::Union(..)
        | EntryKind::Group(_)
        | EntryKind::Chain(_) => return None,
    })
}

impl ItemHistory<'_> {
    /// Every release that changed the item, including its first release.
    pub(super) fn change_releases(&self) -> Vec<Release> {
        let meta = self.meta;
        let former = meta.history.names.iter().map(|(_, release)| *release);
        let renumbered = self.renumbered.iter().map(|(_, release)| *release);
        let retyped = self.retyped().map(|(_, release)| *release);
        let deprecated = meta.deprecated.iter().map(|deprecated| deprecated.since.first());
        let first = [meta.since.first()];
        let change_releases = first.into_iter().chain(former).chain(renumbered).chain(retyped);
        change_releases.chain(meta.history.texts.iter().copied()).chain(deprecated).collect()
    }

    /// The earlier types of a field; none if only its role changed.
    pub(super) fn retyped(&self) -> impl Iterator<Item = &(String, Release)> {
        let types = self.meta.history.types.iter();
        types.filter(|(type_, _)| self.type_.as_ref() != Some(type_))
    }

    /// The name of the item in a release that has it.
    pub(super) fn name_at(&self, release: Release) -> &str {
        let mut former = self.meta.history.names.iter();
        let old = former.find(|(_, until)| release < until.opening());
        old.map_or(self.name, |(name, _)| name)
    }

    /// The number of the item in a release that has it, if it has a number.
    pub(super) fn number_at(&self, release: Release) -> Option<i128> {
        let mut former = self.renumbered.iter();
        let old = former.find(|(_, until)| release < until.opening());
        old.map(|(number, _)| *number).or(self.number)
    }

    /// Whether its number ever changed.
    pub(super) fn was_renumbered(&self) -> bool {
        !self.renumbered.is_empty()
    }
}

/// The histories with a change, for each described release.
pub(super) fn by_release<'s, 'a>(
    abi: &Abi,
    histories: &'s [ItemHistory<'a>],
) -> BTreeMap<Release, Vec<&'s ItemHistory<'a>>> {
    let mut by_release = BTreeMap::<_, Vec<_>>::new();
    for history in histories {
        let change_releases =
            history.change_releases().into_iter().filter_map(|change| shown_in(abi, change));
        for release in change_releases.collect::<BTreeSet<_>>() {
            by_release.entry(release).or_default().push(history);
        }
    }
    by_release
}

/// The first described release that has the items of `release`.
pub(super) fn shown_in(abi: &Abi, release: Release) -> Option<Release> {
    let before = abi.releases.partition_point(|one| *one < release.opening());
    let described = abi.releases[before..].iter().copied();
    let candidates = || described.clone().filter(|one| *one <= abi.release);
    // An item is listed under its final release, although the candidates have it too.
    let whole = candidates().find(|one| release.is_candidate() || !one.is_candidate());
    whole.or_else(|| candidates().next())
}
