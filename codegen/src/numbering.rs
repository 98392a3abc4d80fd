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

/// The bit after the highest of several assigned numbers that all have a single bit, as flags
/// have. `None` for other numbers, and for a single one.
pub fn next_bit(
    assigned: impl IntoIterator<Item = i128>,
    others: impl IntoIterator<Item = i128>,
) -> Option<i128> {
    let mut bits: Vec<_> = assigned.into_iter().collect();
    bits.sort_unstable();
    bits.dedup();
    let are_bits = bits.len() > 1 && bits.iter().all(|bit| *bit > 0 && bit.count_ones() == 1);
    let highest = *bits.last().filter(|_| are_bits)?;
    let used: Vec<_> = others.into_iter().collect();
    (1..64).map(|by| highest << by).find(|bit| !used.contains(bit))
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

    #[test]
    fn several_single_bits_are_followed_by_a_bit() {
        assert_eq!(next_bit([1, 2], [1, 2]), Some(4));
        assert_eq!(next_bit([8, 1], [1, 8, 16]), Some(32));
        assert_eq!(next_bit([1, 2, 3], []), None);
        assert_eq!(next_bit([0, 1, 2], []), None);
        assert_eq!(next_bit([1], []), None);
        assert_eq!(next_bit([], []), None);
        assert_eq!(next_bit([1, 1], []), None);
        assert_eq!(next_bit([1 << 62, 1 << 63], []), Some(1 << 64));
    }
}
