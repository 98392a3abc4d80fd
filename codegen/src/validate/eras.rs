//! Arithmetic of lives: the stretches into which history cuts a life, and
//! whether several lives together cover another.

use std::iter;

use crate::release::{Release, Since};
use crate::spec::history::{History, Life};

/// When a life begins, in the form in which releases can be compared.
pub(super) fn first(life: Life) -> Release {
    life.since.first().opening()
}

/// The name of a release in messages. The first candidate means the whole release.
pub(super) fn shown(release: Release) -> String {
    let text = release.to_string();
    text.strip_suffix("-rc1").unwrap_or(&text).to_owned()
}

/// The intervals of a validity between changes, oldest first.
pub(super) fn eras(life: Life, before: &History) -> impl Iterator<Item = Life> {
    let inside = move |change: &Release| {
        let ends = |until: Release| change.opening() < until.opening();
        first(life) < change.opening() && life.until.is_none_or(ends)
    };
    let changes = before.iter().map(|(change, _)| change.value).filter(inside);
    let starts = iter::once(life.since).chain(changes.clone().map(Since::Known));
    let ends = changes.map(Some).chain([life.until]);
    starts.zip(ends).map(|(since, until)| Life { since, until })
}

/// The first release of `whole` that none of the pieces has.
pub(super) fn gap(whole: Life, pieces: impl Iterator<Item = Life>) -> Option<Release> {
    let mut pieces: Vec<_> = pieces.collect();
    pieces.sort_by_key(|piece| first(*piece));
    let mut reached = whole.since.first();
    for piece in pieces {
        if first(piece) > reached.opening() {
            break;
        }
        let until = piece.until?;
        if until.opening() > reached.opening() {
            reached = until;
        }
    }
    let ends = |until: Release| reached.opening() < until.opening();
    whole.until.is_none_or(ends).then_some(reached)
}

/// The releases that have both.
pub(super) fn both(one: Life, other: Life) -> Option<Life> {
    let since = if first(one) < first(other) { other.since } else { one.since };
    let until = match (one.until, other.until) {
        (Some(one), Some(other)) => Some(if one.opening() < other.opening() { one } else { other }),
        (one, other) => one.or(other),
    };
    let common = Life { since, until };
    until.is_none_or(|until| first(common) < until.opening()).then_some(common)
}

/// The releases that have the one and not the other, before and after it.
pub(super) fn without(one: Life, other: Life) -> impl Iterator<Item = Life> {
    let before = Life { until: Some(other.since.first()), ..one };
    let after = other.until.map(|end| Life { since: Since::Known(end), until: one.until });
    let before = both(one, before);
    let after = after.and_then(|after| both(one, after));
    before.into_iter().chain(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn life(since: &str, until: &str) -> Life {
        let release = |text: &str| text.parse().expect("a release");
        let until = (!until.is_empty()).then(|| release(until));
        Life { since: Since::Known(release(since)), until }
    }

    fn shown(lives: impl Iterator<Item = Life>) -> Vec<String> {
        let until = |life: &Life| life.until.map(|until| until.to_string()).unwrap_or_default();
        lives.map(|life| format!("{} {}", life.since, until(&life))).collect()
    }

    #[test]
    fn pieces_cover_a_life_only_together() {
        let pieces = [life("v1.4", ""), life("v1.0", "v1.2"), life("v1.1", "v1.4")];
        assert_eq!(gap(life("v1.0", ""), pieces.into_iter()), None);
        let hole = gap(life("v1.0", ""), pieces[..2].iter().copied());
        assert_eq!(hole.map(|release| release.to_string()).as_deref(), Some("v1.2"));
        assert_eq!(gap(life("v1.0", "v1.2"), pieces[..2].iter().copied()), None);
        let hole = gap(life("v0.9", ""), pieces.into_iter());
        assert_eq!(hole.map(|release| release.to_string()).as_deref(), Some("v0.9"));
    }

    #[test]
    fn a_life_is_cut_by_another() {
        assert_eq!(shown(both(life("v1.0", "v1.5"), life("v1.3", "")).into_iter()), ["v1.3 v1.5"]);
        assert_eq!(both(life("v1.0", "v1.3"), life("v1.3", "")), None);
        let rest = without(life("v1.0", ""), life("v1.2", "v1.4"));
        assert_eq!(shown(rest), ["v1.0 v1.2", "v1.4 "]);
        assert_eq!(shown(without(life("v1.2", "v1.3"), life("v1.0", ""))), [""; 0]);
    }

    #[test]
    fn a_release_begins_with_its_first_candidate() {
        assert_eq!(both(life("v1.0", "v1.3"), life("v1.3-rc1", "")), None);
        assert!(both(life("v1.0", "v1.3-rc2"), life("v1.3", "")).is_some());
    }
}
