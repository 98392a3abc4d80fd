//! The bytes of a space during the set-up of a handler: the copy that it keeps, the
//! capability that has each byte, and the bits that are read from the copy.

use std::ops::Range;

use super::KeptRange;
use super::link::HeaderPart;
use super::numbers::{self, index};
use crate::ir::{BitsAt, KeptBits};
use crate::reply::KeptValue;

/// The id of a capability, and the lowest offset of its chain.
type Owner = (u64, u64);

/// The state of the bytes.
pub(super) struct Runs<'a> {
    device: &'a [u8],
    /// The copy of the handler.
    copy: Vec<u8>,
    /// The capability that has a byte.
    owners: Vec<Option<Owner>>,
    kept: Vec<u8>,
    host: Vec<u8>,
    ranges: Vec<KeptRange>,
}

/// The bytes that a program reads.
pub(super) struct Seen {
    pub(super) bytes: Vec<u8>,
    pub(super) kept: Vec<u8>,
    pub(super) host: Vec<u8>,
    pub(super) ranges: Vec<KeptRange>,
}

impl<'a> Runs<'a> {
    pub(super) fn new(device: &'a [u8]) -> Self {
        let zeros = vec![0; device.len()];
        Self {
            device,
            copy: device.to_vec(),
            owners: vec![None; device.len()],
            kept: zeros.clone(),
            host: zeros,
            ranges: Vec::new(),
        }
    }

    /// Notes the bytes of a capability; those that an earlier one had are now its own.
    pub(super) fn note(&mut self, at: u64, length: u64, id: u64, lowest: u64) {
        let end = index(at.saturating_add(length)).min(self.owners.len());
        let bytes = index(at).min(end)..end;
        self.owners[bytes.clone()].fill(Some((id, lowest)));
        for at in bytes {
            (self.kept[at], self.host[at], self.copy[at]) = (0, 0, self.device[at]);
        }
    }

    /// Clears a header of the copy except for the offset of the next capability.
    pub(super) fn keep_next_only(&mut self, at: u64, size: u64, next: BitsAt) {
        let number = numbers::bits(&self.copy, 0, next).unwrap_or_default();
        for nth in 0..size {
            let byte = BitsAt { at: at.saturating_add(nth), size: 1, mask: 0xff };
            numbers::write(&mut self.copy, byte, 0);
        }
        numbers::write(&mut self.copy, next, number);
    }

    /// Replaces a number of the copy; returns the device's.
    pub(super) fn replace(&mut self, part: HeaderPart, number: u64) -> u64 {
        numbers::write(&mut self.copy, part.bits, number << part.shift);
        part.read(self.device).unwrap_or_default()
    }

    /// Clears bits of the copy.
    pub(super) fn clear(&mut self, bits: BitsAt) {
        numbers::write(&mut self.copy, bits, 0);
    }

    /// The run of bytes of one capability that starts at `at`; none if a touching
    /// capability of the same id comes before it.
    pub(super) fn run_at(&self, at: u64) -> Option<Range<u64>> {
        let owner = |offset: u64| self.owners.get(index(offset)).copied().flatten();
        let own = owner(at)?;
        let before = at.checked_sub(1).and_then(owner);
        if before == Some(own) && at > own.1 {
            return None;
        }
        let end = (at..self.owners.len() as u64).find(|offset| owner(*offset) != Some(own));
        Some(at..end.unwrap_or(self.owners.len() as u64))
    }

    /// Marks bits, counted from `from`, as far as they lie in `run`.
    pub(super) fn keep_bits(
        &mut self,
        from: u64,
        run: Range<u64>,
        entry: &KeptBits,
        cap: Option<&str>,
    ) {
        if !numbers::holds(self.device, from, entry.when) {
            return;
        }
        let start = from.saturating_add(entry.bits.at);
        let mut mask = 0;
        for nth in 0..entry.bits.size {
            let at = start.saturating_add(nth);
            let byte = u8::try_from(entry.bits.mask >> (8 * nth) & 0xff).unwrap_or_default();
            if run.contains(&at) && self.mark(index(at), byte, entry.value) {
                mask |= u64::from(byte) << (8 * nth);
            }
        }
        if mask != 0 {
            let bits = BitsAt { at: start, size: entry.bits.size, mask };
            self.ranges.retain(|range| range.bits != bits);
            let host = entry.value == KeptValue::Host;
            let doc = entry.doc.join(" ");
            self.ranges.push(KeptRange { bits, cap: cap.map(str::to_owned), doc, host });
        }
    }

    /// Marks bits of a byte; whether the byte exists.
    fn mark(&mut self, at: usize, mask: u8, value: KeptValue) -> bool {
        let bytes = (self.copy.get_mut(at), self.kept.get_mut(at), self.host.get_mut(at));
        let (Some(copy), Some(kept), Some(host)) = bytes else { return false };
        let set =
            |byte: &mut u8, bits: bool| *byte = if bits { *byte | mask } else { *byte & !mask };
        set(host, value == KeptValue::Host);
        set(kept, value != KeptValue::Host);
        match value {
            KeptValue::Host | KeptValue::Device => {}
            KeptValue::Zero => set(copy, false),
            KeptValue::One => set(copy, true),
        }
        true
    }

    /// The bytes that a program reads.
    pub(super) fn seen(mut self) -> Seen {
        let bytes = self.device.iter().zip(&self.copy).zip(&self.kept);
        let bytes = bytes.map(|((device, copy), kept)| device & !kept | copy & kept).collect();
        self.ranges.sort_by_key(|range| (range.bits.at, range.bits.size));
        Seen { bytes, kept: self.kept, host: self.host, ranges: self.ranges }
    }
}
