//! The releases that headers fit best.

use super::drift;
use crate::header::Facts;
use crate::ir::Abi;
use crate::release::Release;

/// A range of releases that all have the same, smallest number of differences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BestFit {
    /// The first release of the range.
    pub first: Release,
    /// The last release of the range.
    pub last: Release,
    /// The number of differences.
    pub differences: usize,
}

/// The latest range of releases with the fewest differences. `abis` has the ABI
/// of every release in order, `newest` that of the last one.
pub fn best_fit(
    facts: &Facts,
    abis: impl Iterator<Item = Abi>,
    newest: &Abi,
    given: &[usize],
) -> Option<BestFit> {
    let counts = abis.map(|abi| {
        let differences = drift(facts, &abi, newest, given).differences();
        (abi.release, differences)
    });
    let counts: Vec<_> = counts.collect();
    let fewest = counts.iter().map(|(_, count)| *count).min()?;
    let mut best = counts.iter().rev().skip_while(|(_, count)| *count != fewest);
    let last = best.next()?.0;
    let others = best.take_while(|(_, count)| *count == fewest).last();
    let first = others.map_or(last, |(release, _)| *release);
    Some(BestFit { first, last, differences: fewest })
}
