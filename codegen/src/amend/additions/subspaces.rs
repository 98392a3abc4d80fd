//! Sub-types: numbers whose meaning depends on a type. `VFIO_REGION_SUBTYPE_CCW_CRW` is
//! a sub-type of `VFIO_REGION_TYPE_CCW`, and every type has numbers of its own.

use crate::header::Facts;
use crate::ir::{Abi, Group};

/// The word between the name of the space and that of the type.
const WORD: &str = "_SUBTYPE_";

/// The prefix that the sub-types of one type share; `None` of other names.
pub(super) fn of(facts: &Facts, abi: &Abi, name: &str) -> Option<String> {
    let (head, rest) = name.split_once(WORD)?;
    let types = [head, "_TYPE_"].concat();
    let specified = abi.groups.iter().flat_map(|group| &group.values);
    let specified = specified.map(|value| value.name.as_str());
    let all = facts.constants.iter().map(|one| one.name.as_str()).chain(specified);
    let words = all.filter_map(|other| other.strip_prefix(types.as_str()));
    let starts = |word: &&str| {
        rest.strip_prefix(*word).is_some_and(|more| more.is_empty() || more.starts_with('_'))
    };
    let word = words.filter(starts).max_by_key(|word| word.len());
    let word = word.unwrap_or_else(|| rest.split('_').next().unwrap_or(rest));
    Some([head, WORD, word].concat())
}

/// The group of the sub-types of the same type.
pub(super) fn group<'a>(facts: &Facts, abi: &'a Abi, space: &str) -> Option<(usize, &'a Group)> {
    abi.groups.iter().enumerate().find(|(_, group)| {
        let first = group.values.first();
        first.is_some_and(|value| of(facts, abi, &value.name).as_deref() == Some(space))
    })
}
