//! Release ranges of items, as every output prints them.

use crate::release::{Release, Since};

/// The first and the last release that can have introduced an item. They differ if
/// the specification only knows a range; `releases` are the described releases, in
/// order.
pub(super) fn first_releases(releases: &[Release], since: Since) -> (Release, Release) {
    let Since::Between(without, with) = since else { return (since.first(), since.first()) };
    let next = releases.iter().find(|release| **release > without && !release.is_candidate());
    match next {
        Some(next) if *next < with => (*next, with),
        _ => (with, with),
    }
}

/// The same as text: `4.6`, or `4.1, maybe 3.19` if only a range is known.
pub(super) fn since_text(releases: &[Release], since: Since) -> String {
    let (first, last) = first_releases(releases, since);
    match first == last {
        true => first.bare(),
        false => [&last.bare(), ", maybe ", &first.bare()].concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_starts_at_the_first_release_that_may_have_the_item() {
        let releases = [(3, 18), (3, 19), (4, 0), (4, 1)].map(|(a, b)| Release::new(a, b));
        let between = |from: usize, to: usize| Since::Between(releases[from], releases[to]);
        assert_eq!(since_text(&releases, between(0, 3)), "4.1, maybe 3.19");
        assert_eq!(since_text(&releases, between(2, 3)), "4.1");
        assert_eq!(since_text(&releases, Since::Known(releases[1])), "3.19");
    }
}
