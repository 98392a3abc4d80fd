//! The numbers of a group in each release. Values with `next` are resolved.

use super::declarations::{NumberGroup, bit};
use super::intervals::{difference, first, intersection, split_at_changes};
use crate::release::Release;
use crate::spec::ValueSpec;
use crate::spec::history::Validity;
use crate::spec::types::Amount;

/// A number of a value, with its validity.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stretch {
    /// The index of the value in its group.
    pub(crate) value: usize,
    pub(crate) validity: Validity,
    pub(crate) number: i128,
}

/// The numbers of a group in the order of its values. Strings and masks that
/// are made of flags have none of their own.
pub(crate) fn stretches(group: &NumberGroup<'_>) -> Vec<Stretch> {
    let mut all = Vec::with_capacity(group.values.len());
    for (index, (_, value)) in group.values.iter().enumerate() {
        let validity = value.validity(group.validity);
        if let Some(bit) = bit(value) {
            let one = u32::try_from(bit).ok().and_then(|bit| 1_i128.checked_shl(bit));
            let number = one.map(|one| if value.signed && bit == 31 { -one } else { one });
            all.extend(number.map(|number| Stretch { value: index, validity, number }));
            continue;
        }
        if let Some(target) = &value.alias {
            second_name(group, (index, target), validity, &mut all);
            continue;
        }
        for era in split_at_changes(validity, &value.before) {
            match amount(value, first(era)) {
                Some(Amount::Number(number)) => {
                    all.push(Stretch { value: index, validity: era, number: number.value });
                }
                Some(Amount::Next) => count(index, era, &mut all),
                None => {}
            }
        }
    }
    all
}

/// The numbers of the value that has another name.
fn second_name(
    group: &NumberGroup<'_>,
    (value, target): (usize, &str),
    validity: Validity,
    all: &mut Vec<Stretch>,
) {
    let of = group.values[..value].iter().position(|(name, _)| name.value == target);
    let named = all.iter().filter(|stretch| Some(stretch.value) == of);
    let shared = named.filter_map(|stretch| {
        let validity = intersection(validity, stretch.validity)?;
        Some(Stretch { value, validity, number: stretch.number })
    });
    let shared: Vec<_> = shared.collect();
    all.extend(shared);
}

/// The number of a value in a release.
fn amount(value: &ValueSpec, release: Release) -> Option<Amount> {
    value.before.value_at(release).or(value.value)
}

/// One more than the previous value, which can differ between releases.
fn count(value: usize, era: Validity, all: &mut Vec<Stretch>) {
    let mut open = vec![era];
    let mut counted = Vec::new();
    for earlier in all.iter().rev() {
        if open.is_empty() {
            break;
        }
        let number = earlier.number.saturating_add(1);
        let common = open.iter().filter_map(|validity| intersection(*validity, earlier.validity));
        counted.extend(common.map(|validity| Stretch { value, validity, number }));
        open =
            open.into_iter().flat_map(|validity| difference(validity, earlier.validity)).collect();
    }
    counted.extend(open.into_iter().map(|validity| Stretch { value, validity, number: 0 }));
    all.extend(counted);
}
