//! Interval arithmetic on release ranges: splitting at changes, intersection,
//! difference and coverage.

use std::iter;

use crate::release::{Release, Since};
use crate::spec::history::{HistorySpec, Validity};

/// The start of a validity as a release that can be compared.
pub(crate) fn first(validity: Validity) -> Release {
    validity.since.first().opening()
}

/// The name of a release in messages. The first candidate means the whole release.
pub(crate) fn shown(release: Release) -> String {
    let text = release.to_string();
    text.strip_suffix("-rc1").unwrap_or(&text).to_owned()
}

/// The parts of a validity without changes, oldest first.
pub(crate) fn split_at_changes(
    validity: Validity,
    before: &HistorySpec,
) -> impl Iterator<Item = Validity> {
    let inside = move |change: &Release| {
        let ends = |until: Release| change.opening() < until.opening();
        first(validity) < change.opening() && validity.until.is_none_or(ends)
    };
    let changes = before.iter().map(|(change, _)| change.value).filter(inside);
    let starts = iter::once(validity.since).chain(changes.clone().map(Since::Known));
    let ends = changes.map(Some).chain([validity.until]);
    starts.zip(ends).map(|(since, until)| Validity { since, until })
}

/// The first release of `whole` that is in none of the pieces.
pub(crate) fn first_uncovered(
    whole: Validity,
    pieces: impl Iterator<Item = Validity>,
) -> Option<Release> {
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

/// The releases that are in both validities.
pub(crate) fn intersection(one: Validity, other: Validity) -> Option<Validity> {
    let since = if first(one) < first(other) { other.since } else { one.since };
    let until = match (one.until, other.until) {
        (Some(one), Some(other)) => Some(if one.opening() < other.opening() { one } else { other }),
        (one, other) => one.or(other),
    };
    let common = Validity { since, until };
    until.is_none_or(|until| first(common) < until.opening()).then_some(common)
}

/// The releases of `one` that are not in `other`: those before and those after it.
pub(crate) fn difference(one: Validity, other: Validity) -> impl Iterator<Item = Validity> {
    let before = Validity { until: Some(other.since.first()), ..one };
    let after = other.until.map(|end| Validity { since: Since::Known(end), until: one.until });
    let before = intersection(one, before);
    let after = after.and_then(|after| intersection(one, after));
    before.into_iter().chain(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn validity(since: &str, until: &str) -> Validity {
        let release = |text: &str| text.parse().expect("a release");
        let until = (!until.is_empty()).then(|| release(until));
        Validity { since: Since::Known(release(since)), until }
    }

    fn shown(validities: impl Iterator<Item = Validity>) -> Vec<String> {
        let until =
            |validity: &Validity| validity.until.map(|until| until.to_string()).unwrap_or_default();
        validities.map(|validity| format!("{} {}", validity.since, until(&validity))).collect()
    }

    #[test]
    fn pieces_cover_a_validity_only_together() {
        let pieces = [validity("v1.4", ""), validity("v1.0", "v1.2"), validity("v1.1", "v1.4")];
        assert_eq!(first_uncovered(validity("v1.0", ""), pieces.into_iter()), None);
        let hole = first_uncovered(validity("v1.0", ""), pieces[..2].iter().copied());
        assert_eq!(hole.map(|release| release.to_string()).as_deref(), Some("v1.2"));
        assert_eq!(first_uncovered(validity("v1.0", "v1.2"), pieces[..2].iter().copied()), None);
        let hole = first_uncovered(validity("v0.9", ""), pieces.into_iter());
        assert_eq!(hole.map(|release| release.to_string()).as_deref(), Some("v0.9"));
    }

    #[test]
    fn the_difference_of_validities_has_up_to_two_parts() {
        assert_eq!(
            shown(intersection(validity("v1.0", "v1.5"), validity("v1.3", "")).into_iter()),
            ["v1.3 v1.5"]
        );
        assert_eq!(intersection(validity("v1.0", "v1.3"), validity("v1.3", "")), None);
        let rest = difference(validity("v1.0", ""), validity("v1.2", "v1.4"));
        assert_eq!(shown(rest), ["v1.0 v1.2", "v1.4 "]);
        assert_eq!(shown(difference(validity("v1.2", "v1.3"), validity("v1.0", ""))), [""; 0]);
    }

    #[test]
    fn a_release_begins_with_its_first_candidate() {
        assert_eq!(intersection(validity("v1.0", "v1.3"), validity("v1.3-rc1", "")), None);
        assert!(intersection(validity("v1.0", "v1.3-rc2"), validity("v1.3", "")).is_some());
    }
}
