//! Leaf: the next free number of an id space.

/// The number after the largest assigned one, or `first` if none is. Numbers that are
/// used elsewhere are skipped. Gaps are not proposed: they may have been used before.
pub fn next_free(
    first: i128,
    assigned: impl IntoIterator<Item = i128>,
    others: impl IntoIterator<Item = i128>,
) -> i128 {
    let after = assigned.into_iter().map(|number| number + 1).fold(first, Ord::max);
    let mut ahead: Vec<_> = others.into_iter().filter(|number| *number >= after).collect();
    ahead.sort_unstable();
    // In order, so that each used number is met when it is the candidate.
    ahead.into_iter().fold(after, |free, used| if used == free { free + 1 } else { free })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_and_used_numbers_are_passed_over() {
        assert_eq!(next_free(1, [], []), 1);
        assert_eq!(next_free(0, [0, 3], []), 4);
        assert_eq!(next_free(0, [0, 3], [5, 4, 4, 7, 1]), 6);
        assert_eq!(next_free(1, [], [1, 2]), 3);
    }
}
