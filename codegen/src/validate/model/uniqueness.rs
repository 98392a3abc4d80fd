//! Detects names or numbers that two items use in the same release.

use std::collections::HashMap;
use std::hash::Hash;

use super::intervals::first;
use crate::diagnostic::Place;
use crate::release::{Release, Since};
use crate::spec::history::Validity;

/// The validity of items without a release range: all releases.
pub(crate) const ALWAYS: Validity =
    Validity { since: Since::Known(Release::new(0, 0)), until: None };

/// A name or number that `owner` has in some releases.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Definition<K> {
    pub(crate) key: K,
    pub(crate) validity: Validity,
    pub(crate) place: Place,
    /// Definitions of the same owner never conflict.
    pub(crate) owner: usize,
}

/// The conflicts: pairs of an earlier and a later definition. `allowed` returns
/// true if the later one is accepted nevertheless.
pub(crate) fn conflicts<K: Copy + Eq + Hash>(
    definitions: &[Definition<K>],
    allowed: impl Fn(usize, usize) -> bool,
) -> Vec<(usize, usize)> {
    // Nearly every key has one definition, and needs no list.
    let mut firsts = HashMap::with_capacity(definitions.len());
    let mut lists = HashMap::<K, Vec<usize>>::new();
    for (index, definition) in definitions.iter().enumerate() {
        let first = *firsts.entry(definition.key).or_insert(index);
        if first != index {
            lists.entry(definition.key).or_insert_with(|| vec![first]).push(index);
        }
    }
    let mut found = Vec::new();
    for same in lists.values_mut() {
        same.sort_by_key(|index| (first(definitions[*index].validity), *index));
        let mut holders = Vec::<usize>::new();
        for &index in same.iter() {
            let definition = &definitions[index];
            let clash = |holder: &&usize| {
                let holder = &definitions[**holder];
                holder.owner != definition.owner && holder.validity.overlaps(definition.validity)
            };
            match holders.iter().find(|holder| clash(holder) && !allowed(**holder, index)) {
                Some(holder) => found.push((*holder, index)),
                None => holders.push(index),
            }
        }
    }
    // A map has no order of its own.
    found.sort_unstable_by_key(|(_, later)| *later);
    found
}
