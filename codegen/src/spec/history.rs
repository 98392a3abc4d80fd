//! The releases that have an item, and the differences in earlier ones.

use super::items::Before;
use super::types::{Amount, TypeExpr};
use super::wrappers::{LineOrMap, Map, Placed};
use crate::release::{Release, Since};

/// The releases that have an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// The first release with it.
    pub since: Since,
    /// The first release that no longer has it.
    pub until: Option<Release>,
}

impl Validity {
    /// The releases that have a part of an item.
    pub fn within(self, since: Option<&Since>, until: Option<&Release>) -> Self {
        let until = match (self.until, until.copied()) {
            (Some(outer), Some(inner)) => Some(outer.min(inner)),
            (outer, inner) => outer.or(inner),
        };
        Self { since: since.copied().unwrap_or(self.since), until }
    }

    /// Whether `release` has the item.
    pub fn covers(self, release: Release) -> bool {
        self.since.covers(release) && self.until.is_none_or(|until| release < until.opening())
    }

    /// Whether a release has both.
    pub fn overlaps(self, other: Self) -> bool {
        let first = self.since.first().max(other.since.first()).opening();
        let lasts = |validity: Self| validity.until.is_none_or(|until| first < until.opening());
        lasts(self) && lasts(other)
    }

    /// Whether every release with `inner` has this item too.
    pub fn contains(self, inner: Self) -> bool {
        let outlives = match (self.until, inner.until) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(outer), Some(inner)) => inner.opening() <= outer.opening(),
        };
        self.since.first().opening() <= inner.since.first().opening() && outlives
    }
}

/// The differences of an item before some releases, oldest first.
pub type HistorySpec = Map<LineOrMap<Before>, Release>;

impl HistorySpec {
    /// The item's name in `release`.
    pub fn name_at<'a>(&'a self, release: Release, now: &'a str) -> &'a str {
        self.at(release, |before| before.name.as_ref().map(|name| name.value.as_str()))
            .unwrap_or(now)
    }

    /// The item's type in `release`, if it was not today's.
    pub fn type_at(&self, release: Release) -> Option<&TypeExpr> {
        self.at(release, |before| before.type_.as_ref())
    }

    /// The item's value in `release`, if it was not today's.
    pub fn value_at(&self, release: Release) -> Option<Amount> {
        self.at(release, |before| before.value)
    }

    /// The item's C text in `release`, if it was not today's.
    pub fn c_at(&self, release: Release) -> Option<&str> {
        self.at(release, |before| before.c.as_ref().map(|c| c.value.as_str()))
    }

    /// The names that the item had until `release`, each with the release that replaced it.
    pub fn former_names(
        &self,
        release: Release,
    ) -> impl Iterator<Item = (&Placed<String>, Release)> {
        let past = self.iter().filter(move |(end, _)| end.opening() <= release);
        past.filter_map(|(end, before)| Some((before.name.as_ref()?, end.value)))
    }

    /// The numbers that the item had until `release`, each with the release that replaced it.
    pub fn former_numbers(&self, release: Release) -> impl Iterator<Item = (i128, Release)> {
        let past = self.iter().filter(move |(end, _)| end.value <= release);
        past.filter_map(|(end, before)| match before.value? {
            Amount::Number(number) => Some((number.value, end.value)),
            Amount::Next => None,
        })
    }

    /// The types that the item had until `release`, each with the release that replaced it.
    pub fn former_types(&self, release: Release) -> impl Iterator<Item = (String, Release)> {
        let past = self.past(release);
        past.filter_map(|(end, before)| Some((before.type_.as_ref()?.c_like(), end)))
    }

    /// The releases until `release` that changed the item's C text.
    pub fn rewritten(&self, release: Release) -> impl Iterator<Item = Release> {
        self.past(release).filter(|(_, before)| before.c.is_some()).map(|(end, _)| end)
    }

    fn past(&self, release: Release) -> impl Iterator<Item = (Release, &Before)> {
        let past = self.iter().map(|(end, before)| (end.value, &before.0));
        past.filter(move |(end, _)| end.opening() <= release)
    }

    /// The value before the nearest change after `release` that mentions one.
    fn at<'a, T>(&'a self, release: Release, pick: impl Fn(&'a Before) -> Option<T>) -> Option<T> {
        let ahead = self.iter().filter(move |(end, _)| release < end.opening());
        ahead.filter_map(|(_, before)| pick(before)).next()
    }
}
