//! Detects names or numbers that two items use in the same release.

use std::collections::HashMap;
use std::hash::Hash;

use super::eras::first;
use crate::diagnostic::Place;
use crate::release::{Release, Since};
use crate::spec::history::Life;

/// The validity of items without a release range: all releases.
pub(super) const ALWAYS: Life = Life { since: Since::Known(Release::new(0, 0)), until: None };

/// Something that `owner` has for a time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Claim<K> {
    pub(super) key: K,
    pub(super) life: Life,
    pub(super) place: Place,
    /// Claims of the same owner never clash.
    pub(super) owner: usize,
}

/// The later of two conflicting definitions, each with the earlier one. `allowed(a,
/// b)` returns true if a conflict is accepted.
pub(super) fn clashes<K: Copy + Eq + Hash>(
    claims: &[Claim<K>],
    bears: impl Fn(usize, usize) -> bool,
) -> Vec<(usize, usize)> {
    // Nearly every key has one claim, and needs no list.
    let mut firsts = HashMap::with_capacity(claims.len());
    let mut lists = HashMap::<K, Vec<usize>>::new();
    for (index, claim) in claims.iter().enumerate() {
        let first = *firsts.entry(claim.key).or_insert(index);
        if first != index {
            lists.entry(claim.key).or_insert_with(|| vec![first]).push(index);
        }
    }
    let mut found = Vec::new();
    for same in lists.values_mut() {
        same.sort_by_key(|index| (first(claims[*index].life), *index));
        let mut holders = Vec::<usize>::new();
        for &index in same.iter() {
            let claim = &claims[index];
            let clash = |holder: &&usize| {
                let holder = &claims[**holder];
                holder.owner != claim.owner && holder.life.meets(claim.life)
            };
            match holders.iter().find(|holder| clash(holder) && !bears(**holder, index)) {
                Some(holder) => found.push((*holder, index)),
                None => holders.push(index),
            }
        }
    }
    // A map has no order of its own.
    found.sort_unstable_by_key(|(_, later)| *later);
    found
}
