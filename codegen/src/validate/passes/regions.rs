//! Regions: the constant exists, and places, bits and lengths are possible.

use super::chains::offset;
use crate::spec::regions::{KeptBitsSpec, ShownCapSpec, ShownChainSpec, WrittenBits};
use crate::spec::text::Number;
use crate::spec::wrappers::Placed;
use crate::validate::Check;
use crate::validate::codes::{KEY_CONFLICT, OUT_OF_RANGE};
use crate::validate::model::refs::{NUMBER, Reference};

pub(super) fn check(check: &mut Check<'_>) {
    for file in &check.spec.files {
        for (name, region) in file.regions.iter() {
            check.resolve(Reference { name, place: name.place, needed: None }, NUMBER);
            for (_, handler) in region.handlers.iter() {
                keeps(check, &handler.keeps);
                for (_, chain) in handler.chains.iter() {
                    self::chain(check, chain);
                }
            }
        }
    }
}

fn chain(check: &mut Check<'_>, chain: &ShownChainSpec) {
    keeps(check, &chain.keeps);
    if let Some(none) = &chain.none {
        bits(check, none.written());
    }
    for (name, cap) in chain.shows.iter() {
        length(check, name, cap);
        keeps(check, &cap.keeps);
    }
}

/// The length of a capability is a number or in the capability.
fn length(check: &mut Check<'_>, name: &Placed<String>, cap: &ShownCapSpec) {
    match (&cap.length, &cap.length_in) {
        (Some(length), None) => offset(check, length.value, length.place),
        (None, Some(field)) => {
            bits(check, field.written());
        }
        (Some(length), Some(_)) => {
            check.refuse(KEY_CONFLICT, length.place, "`length_in` has the length");
        }
        (None, None) => {
            check.refuse(KEY_CONFLICT, name.place, "needs a `length` or a `length_in`");
        }
    }
}

fn keeps(check: &mut Check<'_>, keeps: &[KeptBitsSpec]) {
    for kept in keeps {
        bits(check, kept.written());
        let Some(when) = &kept.when else { continue };
        let mask = bits(check, when.written());
        if let (Some(number), Some(mask)) = (&when.is, mask) {
            let value = number.value.value;
            if !(0..=mask).contains(&value) || value & !mask != 0 {
                impossible(check, number, "has other bits than `bits`");
            }
        }
    }
}

/// Bits of a number of 1, 2 or 4 bytes; the mask, if they are possible.
fn bits(check: &mut Check<'_>, (at, size, bits): WrittenBits<'_>) -> Option<i128> {
    offset(check, at.value, at.place);
    let bytes = size.map_or(1, |size| size.value.value);
    if let (Some(size), false) = (size, [1, 2, 4].contains(&bytes)) {
        impossible(check, size, "is not a size of 1, 2 or 4 bytes");
        return None;
    }
    let all = (1_i128 << (8 * bytes)) - 1;
    let mask = bits.map_or(all, |bits| bits.value.value);
    if let (Some(bits), false) = (bits, (1..=all).contains(&mask)) {
        impossible(check, bits, &format!("is no mask for a `size` of {bytes}"));
        return None;
    }
    Some(mask)
}

fn impossible(check: &mut Check<'_>, number: &Placed<Number>, why: &str) {
    let message = format!("{} {why}", number.value);
    check.refuse(OUT_OF_RANGE, number.place, message);
}
