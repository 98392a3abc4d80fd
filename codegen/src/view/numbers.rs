//! Little-endian numbers of 1, 2, 4 or 8 bytes at offsets of a space.

use crate::decode::little_endian;
use crate::ir::{BitsAre, BitsAt};
use crate::layout::Span;

/// An offset as an index.
pub(super) fn index(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

/// The number at an offset, if all of its bytes exist.
pub(super) fn read(bytes: &[u8], at: u64, size: u64) -> Option<u64> {
    little_endian(bytes, Span { offset: at, size })
}

/// Replaces some bits of the number at an offset, as far as its bytes exist.
pub(super) fn write(bytes: &mut [u8], bits: BitsAt, value: u64) {
    for nth in 0..bits.size {
        let part = |number: u64| u8::try_from(number >> (8 * nth) & 0xff).unwrap_or_default();
        if let Some(byte) = bytes.get_mut(index(bits.at.saturating_add(nth))) {
            *byte = *byte & !part(bits.mask) | part(value & bits.mask);
        }
    }
}

/// Bits of a number, counted from the offset `from`.
pub(super) fn bits(bytes: &[u8], from: u64, bits: BitsAt) -> Option<u64> {
    Some(read(bytes, from.checked_add(bits.at)?, bits.size)? & bits.mask)
}

/// The number that bits hold, shifted down to its lowest bit.
pub(super) fn number(bytes: &[u8], from: u64, field: BitsAt) -> Option<u64> {
    Some(bits(bytes, from, field)? >> field.mask.trailing_zeros().min(63))
}

/// Whether a condition holds, counted from the offset `from`.
pub(super) fn holds(bytes: &[u8], from: u64, condition: Option<BitsAre>) -> bool {
    let Some(condition) = condition else { return true };
    match (bits(bytes, from, condition.bits), condition.number) {
        (Some(bits), Some(number)) => bits == number,
        (Some(bits), None) => bits != 0,
        (None, _) => false,
    }
}
